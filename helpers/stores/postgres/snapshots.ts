import { unknownSnapshot } from '../unknown-snapshot.ts';
import { type DatabaseState, readDefinitions, readSequences } from './catalogue.ts';
import { literal, type ServerConnection } from './connection.ts';
import type { Inventory } from './inventory.ts';
import type { Maintenance } from './maintenance.ts';
import { withReader } from './reader.ts';
import { shelf } from './reset/index.ts';
import type { Session } from './session.ts';

/** A database set aside under a name, and what it looked like then. */
export interface Snapshot {
  readonly database: string;
  readonly shape: string;
  /** Read from a copy when it is first compared with; it never changes. */
  state?: Promise<DatabaseState>;
}

/** Finds snapshots by name, and puts a copy in the place of a database. */
export interface SnapshotStore {
  find(snapshots: ReadonlyMap<string, Snapshot>, name: string): Snapshot | undefined;
  swap(maintenance: Maintenance, current: string, fresh: string, aside: string): Promise<void>;
}

export const snapshotShelf: SnapshotStore = {
  find: (snapshots, name) => snapshots.get(name),
  swap: (maintenance, current, fresh, aside) => maintenance.swap(current, fresh, aside),
};

/** One test's snapshots: copies of its database's files, so that there is nothing that they could forget. */
export class Snapshots {
  readonly #inventory: Inventory;
  readonly #shelf: SnapshotStore;
  readonly #byName = new Map<string, Snapshot>();

  constructor(inventory: Inventory, source: SnapshotStore) {
    this.#inventory = inventory;
    this.#shelf = source;
  }

  /**
   * Copies the database as it is now. Every session in it is ended for that, and may come back right after; a name
   * that was taken before stands for the new snapshot from now on.
   * @throws Error when somebody is in the middle of a transaction, whose outcome would be left out.
   */
  async take(name: string, database: string, session: Session): Promise<void> {
    const { maintenance } = this.#inventory;
    await refuseWhileBusy(maintenance, database, `snapshot('${name}')`);
    const shape = await shapeOf(maintenance.server, database);
    await maintenance.seal(database);
    try {
      await maintenance.disconnect(database);
      await session.forgetEndedConnections();
      const previous = this.#byName.get(name);
      this.#byName.set(name, { database: await this.#inventory.create(database), shape });
      if (previous !== undefined) this.#inventory.discard(previous.database);
    } finally {
      await maintenance.unseal(database);
    }
  }

  /** @throws Error naming the snapshots that there are. */
  find(name: string): Snapshot {
    const snapshot = this.#shelf.find(this.#byName, name);
    if (snapshot === undefined) throw unknownSnapshot(name, this.#byName.keys());
    return snapshot;
  }

  /** What was kept under a name; `read` is called the first time. */
  stateOf(name: string, read: () => Promise<DatabaseState>): Promise<DatabaseState> {
    const snapshot = this.find(name);
    if (snapshot.state === undefined) {
      snapshot.state = read();
      snapshot.state.catch(() => {
        delete snapshot.state;
      });
    }
    return snapshot.state;
  }

  /** @throws Error when what stands there now is not what the snapshot was. */
  async verify(name: string, database: string): Promise<void> {
    const expected = this.#byName.get(name)?.shape;
    if ((await shapeOf(this.#inventory.maintenance.server, database)) !== expected)
      throw new Error(
        `Restoring snapshot '${name}' did not bring back what it was: definitions, sequences or tables' sizes differ.`,
      );
  }

  discard(): void {
    for (const { database } of this.#byName.values()) this.#inventory.discard(database);
    this.#byName.clear();
  }
}

async function refuseWhileBusy(maintenance: Maintenance, database: string, call: string): Promise<void> {
  const {
    rows: [busy],
  } = await maintenance.query<{ pid: number; query: string }>(`
    SELECT pid, query FROM pg_stat_activity WHERE datname = ${literal(database)} AND xact_start IS NOT NULL LIMIT 1`);
  if (busy !== undefined)
    throw new Error(
      `${call}: session ${busy.pid} is in the middle of a transaction (last statement: ${busy.query}); end it first.`,
    );
}

/** What a copy of files must have in common with its original; cheap, because it reads no rows. */
function shapeOf(server: ServerConnection, database: string): Promise<string> {
  return withReader(server, database, async (client) => {
    const { rows } = await client.query(`
      SELECT oid::regclass::text AS name, pg_relation_size(oid) AS bytes FROM pg_class
      WHERE relkind IN ('r', 'm', 'i') AND relpersistence <> 't' AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'pg_toast', 'information_schema', '${shelf}') ORDER BY 1`);
    return JSON.stringify([await readDefinitions(client), await readSequences(client), rows]);
  });
}
