import { unknownSnapshot } from '../unknown-snapshot.ts';
import { type Administrator, quoted } from './connection.ts';
import { mirror, type Planner } from './mirror.ts';
import { waitForMutations } from './mutations.ts';
import { snapshotDatabase } from './names.ts';

/** Where a database is set aside. */
export interface SnapshotStore {
  /** Waits until the database is what it has been ordered to be. */
  settle(admin: Administrator, database: string): Promise<void>;
  /** Copies `database` as it is now; returns what holds the copy. */
  keep(admin: Administrator, planner: Planner, database: string, copy: string): Promise<string>;
}

export const snapshotShelf: SnapshotStore = {
  settle: waitForMutations,

  async keep(admin, planner, database, copy) {
    await mirror(admin, planner, database, copy);
    return copy;
  },
};

/** One test's snapshots: databases that only the administrator may touch. Parts are shared, no row is copied. */
export class Snapshots {
  readonly #admin: Administrator;
  readonly #planner: Planner;
  readonly #shelf: SnapshotStore;
  readonly #byName = new Map<string, string>();
  #taken = 0;

  constructor(admin: Administrator, planner: Planner, shelf: SnapshotStore) {
    this.#admin = admin;
    this.#planner = planner;
    this.#shelf = shelf;
  }

  /** A name that was taken before stands for the new snapshot from now on. */
  async take(name: string, database: string): Promise<void> {
    await this.#shelf.settle(this.#admin, database);
    const copy = snapshotDatabase(database, ++this.#taken);
    const previous = this.#byName.get(name);
    this.#byName.set(name, await this.#shelf.keep(this.#admin, this.#planner, database, copy));
    if (previous !== undefined) await this.#drop(previous);
  }

  /** @throws Error naming the snapshots that there are. */
  find(name: string): string {
    const database = this.#byName.get(name);
    if (database === undefined) throw unknownSnapshot(name, this.#byName.keys());
    return database;
  }

  async discard(): Promise<void> {
    for (const database of this.#byName.values()) await this.#drop(database);
    this.#byName.clear();
  }

  async #drop(database: string): Promise<void> {
    await this.#admin.run(`DROP DATABASE IF EXISTS ${quoted(database)} SYNC`);
  }
}
