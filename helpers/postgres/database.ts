import type pg from 'pg';
import type { DatabaseDifference } from '../differences/index.ts';
import type { Scope } from '../measurements/index.ts';
import type { ValidationReport } from '../validation/index.ts';
import { type DatabaseState, readState } from './catalogue.ts';
import type { Clone } from './clones.ts';
import { connectionOptions, connectionUrl, onServer } from './connection.ts';
import { compareDatabases } from './difference.ts';
import type { Home, Way } from './home.ts';
import type { Inventory } from './inventory.ts';
import type { PostgresParts } from './parts.ts';
import { inRolledBackTransaction } from './rollback.ts';
import { Session } from './session.ts';
import { Snapshots } from './snapshots.ts';
import { validate } from './validation/index.ts';

/** How a test's changes are kept from the next test. */
export type Isolation = 'database' | 'reset' | 'rollback';

export interface DatabaseContext {
  readonly home: Home;
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
    this.url = connectionUrl(server, server.tenant, this.name);
    this.pool = context.session.pool;
    this.#snapshots = new Snapshots(context.inventory, context.parts.snapshotShelf);
  }

  /** Runs one statement, with parameters as `$1`, `$2`, …, and returns its rows. */
  async query<Row extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, params?: readonly unknown[]): Promise<Row[]> {
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
      await this.#snapshots.verify(name, this.pool);
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

  /** Looks at connection, schema, data, performance and isolation, and says of each check what it expected and found. */
  async validate(): Promise<ValidationReport> {
    const { session, inventory, home, original, parts } = this.#context;
    return validate(this.pool, {
      name: this.name,
      clientsInUse: session.clientsInUse,
      original: (await original()).definitions,
      owner: inventory.maintenance.owner,
      template: home.clones.template.name,
    }, parts.checks);
  }

  /**
   * What was inserted, changed and deleted, and what was defined otherwise, since a snapshot or without a name since
   * the test began. Reads every row on both sides.
   */
  async diff(from?: string): Promise<DatabaseDifference> {
    const { inventory, home, parts, original } = this.#context;
    return onServer(inventory.maintenance.server, async () => {
      let reference: Promise<Clone> | undefined;
      const open = async (): Promise<pg.Pool> => {
        reference ??= from === undefined ? home.clones.acquire() : this.#openCopy(this.#snapshots.find(from).database);
        return (await reference).session.pool;
      };
      try {
        const before = await (from === undefined ? original() : this.#snapshots.stateOf(from, async () => readState(await open())));
        return await compareDatabases(before, open, this.pool, parts.comparison);
      } finally {
        const clone = await reference?.catch(() => undefined);
        if (clone !== undefined) inventory.discard(clone.name, clone.session.close());
      }
    });
  }

  /** Lets go of what the test made beside the database. */
  discardSnapshots(): void {
    this.#snapshots.discard();
  }

  async #openCopy(database: string): Promise<Clone> {
    const { inventory } = this.#context;
    const { server } = inventory.maintenance;
    const name = await inventory.create(database);
    return { name, session: await Session.open(connectionOptions(server, server.tenant, name)) };
  }

  async #restorePristine(): Promise<Way> {
    const way = await this.#context.home.putBack();
    if (way.way === 'strict') await this.#reconnect();
    return way;
  }

  /** The server has ended our sessions; the pool makes new ones, the first of them now. */
  async #reconnect(): Promise<void> {
    await this.#context.session.forgetEndedConnections();
    await this.#context.session.connect();
  }

  #needOwnContents(call: string): void {
    if (this.#context.isolation === 'rollback') throw new Error(`${call}() needs contents that others can see, and with isolation 'rollback' nothing is ever committed: use rollback(), or isolation 'database' or 'reset'.`);
  }

  async #timed(name: string, attributes: Record<string, string>, work: () => Promise<Way | undefined>): Promise<void> {
    const start = performance.now();
    const way = await work();
    this.#context.measure(name, performance.now() - start, { ...attributes, ...way });
  }
}
