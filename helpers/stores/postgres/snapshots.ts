import { poll } from '../../lib/wait.ts';
import { unknownSnapshot } from '../unknown-snapshot.ts';
import { type DatabaseState, readSequences } from './catalogue.ts';
import { catalogueReading } from './catalogue-reading.ts';
import { literal, type ServerConnection } from './connection.ts';
import { readUnmarked } from './definitions/index.ts';
import type { Inventory } from './inventory.ts';
import type { Maintenance } from './maintenance.ts';
import { withReader } from './reader.ts';
import { resetSchema } from './reset/index.ts';
import type { Session } from './session.ts';

/** A copy of the database under a name, and its state. */
export interface Snapshot {
  readonly database: string;
  readonly shape: string;
  /** Read from the copy at the first comparison; it never changes. */
  state?: Promise<DatabaseState>;
}

/** Finds snapshots by name, and swaps a copy into a database's place. */
export interface SnapshotStore {
  find(snapshots: ReadonlyMap<string, Snapshot>, name: string): Snapshot | undefined;
  swap(maintenance: Maintenance, current: string, fresh: string, aside: string): Promise<void>;
}

export const snapshotStore: SnapshotStore = {
  find: (snapshots, name) => snapshots.get(name),
  swap: (maintenance, current, fresh, aside) => maintenance.swap(current, fresh, aside),
};

/** One test's snapshots. They are copies of the database's files, so they contain everything. */
export class Snapshots {
  readonly #inventory: Inventory;
  readonly #store: SnapshotStore;
  readonly #byName = new Map<string, Snapshot>();

  constructor(inventory: Inventory, source: SnapshotStore) {
    this.#inventory = inventory;
    this.#store = source;
  }

  /**
   * Copies the current database. Every session in it is ended and may reconnect at once. A name that is in use now
   * refers to the new snapshot.
   * A statement that is about to end is waited for.
   * @throws Error when a session is inside a transaction, because its outcome would be missing.
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

  /** @throws Error naming the existing snapshots. */
  find(name: string): Snapshot {
    const snapshot = this.#store.find(this.#byName, name);
    if (snapshot === undefined) throw unknownSnapshot(name, this.#byName.keys());
    return snapshot;
  }

  /** The state of a snapshot; `read` is called once for each snapshot. */
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

  /** @throws Error when the database is not what the snapshot was. */
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

/** Milliseconds that a statement may still take: a client hears of an error before its session is idle again. */
const patience = 1_000;

async function refuseWhileBusy(maintenance: Maintenance, database: string, call: string): Promise<void> {
  const busy = await poll(
    async () => {
      const { rows } = await maintenance.query<{ pid: number; query: string; atWork: boolean }>(`
        SELECT pid, query, state = 'active' AS "atWork" FROM pg_stat_activity
        WHERE datname = ${literal(database)} AND xact_start IS NOT NULL ORDER BY 3 LIMIT 1`);
      return rows[0];
    },
    (found) => found?.atWork !== true,
    { timeout: patience },
  );
  if (busy !== undefined)
    throw new Error(
      `${call}: session ${busy.pid} is in the middle of a transaction (last statement: ${busy.query}); end it first.`,
    );
}

/** A cheap fingerprint that a copy shares with its original; reads no rows. */
function shapeOf(server: ServerConnection, database: string): Promise<string> {
  return withReader(server, database, async (client) => {
    const { rows } = await client.query(`
      SELECT oid::regclass::text AS name, pg_relation_size(oid) AS bytes FROM pg_class
      WHERE relkind IN ('r', 'm', 'i') AND relpersistence <> 't' AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'pg_toast', 'information_schema', '${resetSchema}') ORDER BY 1`);
    return JSON.stringify([
      await catalogueReading.mark(client),
      await readUnmarked(client),
      await readSequences(client),
      rows,
    ]);
  });
}
