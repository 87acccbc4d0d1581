import type { OrchestrationStore } from './store.ts';

/** What a store can be made of. */
export interface StoreContext {
  /** The address of a PostgreSQL database of this worker's, which may hold other stores. */
  readonly postgres: () => Promise<string>;
  /** An empty folder of this store's own. */
  readonly folder: string;
}

/** Rows that a test damages, by the instance that they belong to. */
export type DamagedRow = 'history' | 'message' | 'work';

/**
 * How the suite makes and handles a store: what the module of `ORCHESTRATION_STORE` exports as `store`. Clients may
 * connect from several processes, when `location` says in text where it is.
 */
export interface StoreModule {
  /** Names the Playwright project. */
  readonly name: string;
  /**
   * What is known to be wrong with it: the promise that it breaks, by the title of the test that shows it. Such a test
   * is expected to fail, and turns red when the store is mended.
   */
  readonly defects?: Readonly<Record<string, string>>;
  /** Makes an empty store, and anything that it needs. */
  open(context: StoreContext): Promise<OpenStore>;
  /** A client in any process; left out by a store that lives in one process. */
  connect?(location: string): Promise<OrchestrationStore>;
}

/**
 * `work`: acks, between the first and the second work item that they send; `locks`: acks, between what they do with
 * messages and what they do with the instance's lock.
 */
export type Held = 'acks' | 'fetches' | 'work' | 'locks';

export interface Hold {
  /** Waits until so many operations are held, for half a second: some stores pass over what is locked. */
  holds(count: number): Promise<boolean>;
  release(): Promise<void>;
}

/** A store under test. */
export interface OpenStore {
  readonly location?: string;
  /** A new client, independent of the others. */
  connect(): Promise<OrchestrationStore>;
  /** Moves the store's clock ahead, in milliseconds. */
  advance(milliseconds: number): Promise<void>;
  /** Makes a row of this kind undecodable. */
  damage(row: DamagedRow, instance: string): Promise<void>;
  /** Makes operations of an instance wait, so that they overlap with others. Left out where one runs at a time. */
  hold?(instance: string, what: Held): Promise<Hold>;
  /** Removes the store. */
  close(): Promise<void>;
}
