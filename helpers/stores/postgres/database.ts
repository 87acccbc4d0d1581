import type pg from 'pg';
import type { DatabaseDifference } from '../differences/index.ts';
import type { Scope } from '../../run/measurements/index.ts';
import type { ValidationReport } from '../validation/index.ts';
import { type DatabaseState, readState } from './catalogue.ts';
import { connectionUrl, onServer } from './connection.ts';
import { compareDatabases } from './difference.ts';
import type { LeasedDatabase, ResetMethod } from './leased-database.ts';
import type { Inventory } from './inventory.ts';
import type { PostgresParts } from './parts.ts';
import { openReader, type Timeouts, readInSession, withReader } from './reader.ts';
import { inRolledBackTransaction } from './rollback.ts';
import type { Session } from './session.ts';
import { Snapshots } from './snapshots.ts';
import { patience, validate } from './validation/index.ts';

/** How a test's changes are kept from the next test. */
export type Isolation = 'database' | 'reset' | 'rollback';

export interface DatabaseContext {
  readonly home: LeasedDatabase;
  readonly session: Session;
  readonly isolation: Isolation;
  readonly inventory: Inventory;
  readonly parts: PostgresParts;
  /** What the database is when it is pristine. */
  readonly original: () => Promise<DatabaseState>;
  /** Notes how long something took, in milliseconds. */
  readonly measure: (name: string, milliseconds: number, attributes: Record<string, string>, scope?: Scope) => void;
}

/** A test's own PostgreSQL database: pristine and seeded when the test begins. */
export class PostgresDatabase {
  /** Its name; part of it says which run and worker it belongs to. */
  readonly name: string;
  /** Its address for any client: `postgresql://user:password@host:port/name`. Stays the same when it is restored. */
  readonly url: string;
  /** Connections to it, the first of which is open. Closed after the test, whatever the test left open. */
  readonly pool: pg.Pool;
  readonly #context: DatabaseContext;
  readonly #snapshots: Snapshots;

  constructor(context: DatabaseContext) {
    const { server } = context.inventory.maintenance;
    this.#context = context;
    this.name = context.home.name;
    this.url = connectionUrl(server, server.testRole, this.name);
    this.pool = context.session.pool;
    this.#snapshots = new Snapshots(context.inventory, context.parts.snapshotShelf);
  }

  /** Runs one statement, with parameters as `$1`, `$2`, …, and returns its rows. */
  async query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    params?: readonly unknown[],
  ): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>(sql, params as unknown[]);
    return rows;
  }

  /**
   * Keeps the state of now under a name, to come back to any number of times within this test. Ends every session in
   * the database for a moment. Costs one copy of its files, some 15 ms.
   * @throws Error when a session is in the middle of a transaction.
   */
  async snapshot(name: string): Promise<void> {
    this.#needOwnContents('snapshot');
    await this.#timed('postgres.snapshot', { name }, async () => {
      await this.#snapshots.take(name, this.name, this.#context.session);
      return undefined;
    });
  }

  /**
   * Goes back to a snapshot, or without a name to the state in which the test began. Everything comes back: rows,
   * sequences, definitions, large objects. By name, what came back is compared with what was kept.
   * @throws Error when there is no such snapshot.
   */
  async restore(name?: string): Promise<void> {
    this.#needOwnContents('restore');
    await this.#timed('postgres.restore', {}, async () => {
      if (name === undefined) return this.#restorePristine();
      await this.#context.home.replace(await this.#context.inventory.create(this.#snapshots.find(name).database));
      await this.#reconnect();
      await this.#snapshots.verify(name, this.name);
      return { way: 'strict', because: 'the snapshot is a copy' };
    });
  }

  /**
   * Runs `work` on a client inside a transaction that is rolled back at its end, sequences included, and returns what
   * `work` returns.
   */
  rollback<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return inRolledBackTransaction(this.pool, this.#context.parts.ending, work);
  }

  /**
   * Looks at connection, schema, data, performance and isolation, and says of each check what it expected and found.
   */
  async validate(): Promise<ValidationReport> {
    const { session, inventory, home, original, parts } = this.#context;
    const about = {
      name: this.name,
      clientsInUse: session.clientsInUse,
      clientsAwaited: this.pool.waitingCount,
      original: (await original()).definitions,
      owner: inventory.maintenance.owner,
      template: home.clones.template.name,
    };
    return this.#read((client) => validate({ ...about, client }, parts.checks), patience);
  }

  /**
   * What was inserted, changed and deleted, and what was defined otherwise, since a snapshot or without a name since
   * the test began. Reads every row on both sides.
   */
  async diff(from?: string): Promise<DatabaseDifference> {
    const { inventory, parts, original } = this.#context;
    const { server } = inventory.maintenance;
    return onServer(server, async () => {
      let copy: Promise<string> | undefined;
      let reader: Promise<pg.Client> | undefined;
      const open = async (): Promise<pg.Client> => {
        const name = await (copy ??= this.#copyOf(from));
        return (reader ??= openReader(server, name));
      };
      try {
        const before = await (from === undefined
          ? original()
          : this.#snapshots.stateOf(from, async () => readState(await open())));
        return await this.#read((after) => compareDatabases(before, open, after, parts.comparison));
      } finally {
        const name = await copy?.catch(() => undefined);
        if (name !== undefined)
          inventory.discard(
            name,
            reader?.then(
              (client) => client.end(),
              () => undefined,
            ),
          );
      }
    });
  }

  /** Lets go of what the test made beside the database. */
  discardSnapshots(): void {
    this.#snapshots.discard();
  }

  /** A copy of a snapshot, or of what is pristine, that nobody is connected to. */
  async #copyOf(snapshot: string | undefined): Promise<string> {
    const { inventory, home } = this.#context;
    if (snapshot !== undefined) return inventory.create(this.#snapshots.find(snapshot).database);
    const { name, session } = await home.clones.acquire();
    await session.close();
    return name;
  }

  /** Reads this database without what the test may have set in its own sessions. */
  #read<T>(work: (client: pg.ClientBase) => Promise<T>, how?: Timeouts): Promise<T> {
    const { isolation, session, inventory } = this.#context;
    return isolation === 'rollback'
      ? readInSession(session, work, how)
      : withReader(inventory.maintenance.server, this.name, work, how);
  }

  async #restorePristine(): Promise<ResetMethod> {
    const way = await this.#context.home.reset();
    if (way.way === 'strict') await this.#reconnect();
    return way;
  }

  /** The server has ended our sessions; the pool makes new ones, the first of them now. */
  async #reconnect(): Promise<void> {
    await this.#context.session.forgetEndedConnections();
    await this.#context.session.connect();
  }

  #needOwnContents(call: string): void {
    if (this.#context.isolation === 'rollback')
      throw new Error(
        `${call}() needs contents that others can see, and with isolation 'rollback' nothing is ever committed: use rollback(), or isolation 'database' or 'reset'.`,
      );
  }

  async #timed(
    name: string,
    attributes: Record<string, string>,
    work: () => Promise<ResetMethod | undefined>,
  ): Promise<void> {
    const start = performance.now();
    const way = await work();
    this.#context.measure(name, performance.now() - start, { ...attributes, ...way });
  }
}
