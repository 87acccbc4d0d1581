import { unknownSnapshot } from '../unknown-snapshot.ts';
import { type Administrator, quoted } from './connection.ts';
import { mirror, type Planner } from './mirror.ts';
import { settle } from './mutations.ts';
import { snapshotDatabase } from './names.ts';
import { keepStill } from './quiet.ts';
import type { Source } from './restorer.ts';

/** How a database is copied. */
export interface SnapshotStore {
  /** Waits until pending mutations have ended, and no row waits in a Buffer table. */
  settle(admin: Administrator, database: string): Promise<void>;
  /** Copies the current `database`; returns the name of the copy. */
  keep(admin: Administrator, planner: Planner, database: string, copy: string): Promise<string>;
}

export const snapshotStore: SnapshotStore = {
  settle,

  async keep(admin, planner, database, copy) {
    await mirror(admin, planner, database, copy);
    if (await keepStill(admin, copy)) await mirror(admin, planner, database, copy);
    return copy;
  },
};

/** One test's snapshots: databases that only the administrator can access. They share parts and copy no rows. */
export class Snapshots {
  readonly #admin: Administrator;
  readonly #planner: Planner;
  readonly #store: SnapshotStore;
  readonly #byName = new Map<string, Source>();
  #taken = 0;

  constructor(admin: Administrator, planner: Planner, shelf: SnapshotStore) {
    this.#admin = admin;
    this.#planner = planner;
    this.#store = shelf;
  }

  /** Takes a snapshot; a name that is in use now refers to the new one. */
  async take(name: string, database: string): Promise<void> {
    await this.#store.settle(this.#admin, database);
    const copy = snapshotDatabase(database, ++this.#taken);
    const previous = this.#byName.get(name);
    this.#byName.set(name, { name: await this.#store.keep(this.#admin, this.#planner, database, copy) });
    if (previous !== undefined) await this.#drop(previous);
  }

  /** @throws Error naming the existing snapshots. */
  find(name: string): Source {
    const snapshot = this.#byName.get(name);
    if (snapshot === undefined) throw unknownSnapshot(name, this.#byName.keys());
    return snapshot;
  }

  async discard(): Promise<void> {
    for (const snapshot of this.#byName.values()) await this.#drop(snapshot);
    this.#byName.clear();
  }

  async #drop({ name }: Source): Promise<void> {
    await this.#admin.run(`DROP DATABASE IF EXISTS ${quoted(name)} SYNC`);
  }
}
