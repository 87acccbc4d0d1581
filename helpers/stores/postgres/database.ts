import type pg from 'pg';
import type { RowsSource } from '../datasets/index.ts';
import type { DatabaseDifference } from '../differences/index.ts';
import type { Scope } from '../../run/measurements/index.ts';
import type { ValidationReport } from '../validation/index.ts';
import { type OwnChecks, runOwnChecks, withOwn } from '../validation/own-checks.ts';
import type { ActingSettings, Actor } from './actor.ts';
import { Actors } from './actors.ts';
import { type DatabaseState, readState } from './catalogue.ts';
import { connectionUrl, onServer } from './connection.ts';
import { CutOffRecord } from './cut-off-record.ts';
import { compareDatabases } from './difference.ts';
import type { Isolation } from './isolation.ts';
import type { LeasedDatabase, ResetMethod } from './leased-database.ts';
import type { Inventory } from './inventory.ts';
import type { PostgresParts } from './parts.ts';
import { throwInFull } from './query-errors.ts';
import { openReader, type Timeouts, readInSession, withReader } from './reader.ts';
import { inRolledBackTransaction } from './rollback.ts';
import type { Session } from './session.ts';
import { Snapshots } from './snapshots.ts';
import { patience, validate } from './validation/index.ts';

export interface DatabaseContext {
  readonly leased: LeasedDatabase;
  readonly session: Session;
  readonly isolation: Isolation;
  /** From where a relative path in `load` counts. */
  readonly folder: string;
  readonly inventory: Inventory;
  readonly parts: PostgresParts;
  /** The state of the pristine database. */
  readonly original: () => Promise<DatabaseState>;
  /** Records a duration in milliseconds. */
  readonly measure: (name: string, milliseconds: number, attributes: Record<string, string>, scope?: Scope) => void;
}

/** A test's own PostgreSQL database: pristine and seeded when the test begins. */
export class PostgresDatabase {
  /** The database's name, which contains its run and worker. */
  readonly name: string;
  /** Its address for any client: `postgresql://user:password@host:port/name`. A restore does not change it. */
  readonly url: string;
  /** A pool of connections, one of them open. Closed after the test, even if the test has not released its clients. */
  readonly pool: pg.Pool;
  readonly #context: DatabaseContext;
  readonly #cutOffs: CutOffRecord;
  #running: Promise<unknown> = Promise.resolve();
  readonly #snapshots: Snapshots;
  readonly #actors: Actors;
  #ownChecks: OwnChecks<PostgresDatabase> = {};

  constructor(context: DatabaseContext) {
    const { server } = context.inventory.maintenance;
    this.#context = context;
    this.name = context.leased.name;
    this.url = connectionUrl(server, server.testRole, this.name);
    this.pool = context.session.pool;
    this.#snapshots = new Snapshots(context.inventory, context.parts.snapshotStore);
    this.#actors = new Actors(this.name, context);
    this.#cutOffs = new CutOffRecord(context.leased, context.inventory.maintenance, context.parts.cutOffs);
  }

  /** Runs one statement, with parameters as `$1`, `$2`, …, and returns its rows. */
  async query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    params?: readonly unknown[],
  ): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>(sql, params as unknown[]).catch(throwInFull);
    return rows;
  }

  /**
   * Loads rows, by table, `{ users: [{ id: 1 }] }`, or from a path as `dataset` takes it, in one transaction. Tables
   * may come in any order; the next key that a sequence gives is a free one.
   * @throws UsageError with file and line of the row that is refused.
   */
  load(rows: RowsSource): Promise<void> {
    return this.#actors.load(rows);
  }

  /**
   * Queries as the administrator, who looks past row policies and may do what a superuser may, on a remote server what
   * the run's user may. What belongs to the whole server, such as roles, is refused. The first query opens a session.
   * @throws Error in `rollback` isolation, where another session neither sees the test's rows nor is undone with them.
   */
  get admin(): Actor {
    return this.#actors.admin();
  }

  /**
   * Queries as a role, such as `as('authenticated', { 'request.jwt.claims': { sub: '1' } })`. Each query, and each
   * `transaction`, is a transaction in which SET LOCAL makes role and settings hold, so that no other statement has
   * them. Works in every isolation: with `rollback` in the test's own session, where PostgreSQL shows a setting that
   * was set and is not any more as '' instead of NULL, otherwise in a session of its own.
   * @throws Error when there is no such role, or the test role may not act as it: see `prepare` of a schema.
   */
  as(role: string, settings: ActingSettings = {}): Actor {
    return this.#actors.as(role, settings);
  }

  /**
   * Like `query`, with every row: where a table forces its row policies on its owner, who the test role is, a reader
   * asks whom they do not bind.
   * @throws Error in `rollback` isolation then, since only the test's own session sees its rows.
   */
  async queryEveryRow<Row extends pg.QueryResultRow>(sql: string, params?: readonly unknown[]): Promise<Row[]> {
    const [found] = await this.query<{ forced: boolean }>(
      'SELECT EXISTS (SELECT FROM pg_class WHERE relforcerowsecurity) AS forced',
    );
    if (found?.forced !== true) return this.query<Row>(sql, params);
    return this.#read(async (client) => (await client.query<Row>(sql, params as unknown[])).rows);
  }

  /**
   * Keeps the current state under a name, which this test can restore any number of times. Ends every session in the
   * database; the pool reconnects. Costs one copy of its files, some 15 ms.
   * @throws Error when a session is inside a transaction.
   */
  async snapshot(name: string): Promise<void> {
    this.#needOwnContents('snapshot');
    await this.endActors();
    this.#cutOffs.begin(`snapshot('${name}') ends every session in the database, because a copy needs it to be unused`);
    await this.#timed('postgres.snapshot', { name }, async () => {
      await this.#snapshots.take(name, this.name, this.#context.session);
      return undefined;
    });
  }

  /**
   * Restores a snapshot, or without a name the state in which the test began: rows, sequences, definitions and large
   * objects. A restored snapshot is compared with the state that was kept.
   * @throws Error when there is no such snapshot.
   */
  async restore(name?: string): Promise<void> {
    this.#needOwnContents('restore');
    await this.endActors();
    this.#cutOffs.begin(
      name === undefined
        ? 'restore() ends sessions in the database, because what they see is put back'
        : `restore('${name}') ends every session in the database, because a copy takes its place`,
    );
    await this.#timed('postgres.restore', {}, async () => {
      if (name === undefined) return this.#restorePristine();
      await this.#context.leased.replace(await this.#context.inventory.create(this.#snapshots.find(name).database));
      await this.#reconnect();
      await this.#snapshots.verify(name, this.name);
      return { way: 'strict', because: 'the snapshot is a copy' };
    });
  }

  /** Runs `work` on a client in a transaction that is rolled back, sequences included, and returns its result. */
  rollback<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return inRolledBackTransaction(this.pool, this.#context.parts.ending, work);
  }

  /** Checks connection, schema, data, performance and isolation, and reports what each check expected and found. */
  async validate(): Promise<ValidationReport> {
    const { session, inventory, leased, original, parts } = this.#context;
    const about = {
      name: this.name,
      clientsInUse: session.clientsInUse,
      clientsAwaited: this.pool.waitingCount,
      made: await original(),
      reading: parts.catalogueReading,
      owner: inventory.maintenance.owner,
      template: leased.clones.template.name,
    };
    const report = await this.#read((client) => validate({ ...about, client }, parts.checks), patience);
    return withOwn(report, await runOwnChecks(this, this.#ownChecks, (sql) => this.queryEveryRow(sql)));
  }

  /** Adds checks of your own to {@link validate}. Row policies hide no row from a query among them. */
  alsoCheck(checks: OwnChecks<PostgresDatabase>): void {
    this.#ownChecks = { ...this.#ownChecks, ...checks };
  }

  /**
   * The rows inserted, changed and deleted, and the definitions changed, since a snapshot or without a name since the
   * test began. Reads every row of both states.
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
        const before =
          from === undefined
            ? original()
            : this.#snapshots.stateOf(from, async () => readState(await open(), parts.catalogueReading));
        before.catch(() => undefined); // awaited below
        return await this.#read((after) =>
          compareDatabases(before, open, after, parts.comparison, parts.catalogueReading),
        );
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

  /** Which sessions were ended so far, and why, one text for each time; for the test's report. */
  get cutOff(): readonly string[] {
    return this.#cutOffs.texts();
  }

  /** Waits for a snapshot or restore that goes on, such as that of a test which ended meanwhile. */
  async settle(): Promise<void> {
    await this.#running;
  }

  /** Why an error came that nothing has caught, where sessions that were ended explain it. */
  explanationOf(error: unknown): string | undefined {
    return this.#cutOffs.explanationOf(error);
  }

  /** Drops the test's snapshots. */
  discardSnapshots(): void {
    this.#snapshots.discard();
  }

  /** Ends the sessions of `admin` and `as`; their next query opens another. */
  endActors(): Promise<void> {
    return this.#actors.end();
  }

  /** A new copy of a snapshot, or of the template, without sessions. */
  async #copyOf(snapshot: string | undefined): Promise<string> {
    const { inventory, leased } = this.#context;
    if (snapshot !== undefined) return inventory.create(this.#snapshots.find(snapshot).database);
    const { name, session } = await leased.clones.acquire();
    await session.close();
    return name;
  }

  /** Reads this database under default settings, whatever the test has set in its own sessions. */
  #read<T>(work: (client: pg.ClientBase) => Promise<T>, how?: Timeouts): Promise<T> {
    const { isolation, session, inventory } = this.#context;
    return isolation === 'rollback'
      ? readInSession(session, work, how)
      : withReader(inventory.maintenance.server, this.name, work, how);
  }

  async #restorePristine(): Promise<ResetMethod> {
    const way = await this.#context.leased.reset();
    this.#cutOffs.restored(way);
    if (way.way === 'strict') await this.#reconnect();
    return way;
  }

  /** After the server has ended the pool's sessions: opens a new one at once. */
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
    const running = work().finally(() => this.#cutOffs.collect());
    this.#running = running.catch(() => undefined);
    const way = await running;
    this.#context.measure(name, performance.now() - start, { ...attributes, ...way });
  }
}
