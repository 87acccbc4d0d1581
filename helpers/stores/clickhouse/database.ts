import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { DatabaseDifference } from '../differences/index.ts';
import type { Scope } from '../../run/measurements/index.ts';
import type { ValidationReport } from '../validation/index.ts';
import { type OwnChecks, runOwnChecks, withOwn } from '../validation/own-checks.ts';
import { type Administrator, connectionUrl, type TestRole } from './connection.ts';
import { compareDatabases } from './difference.ts';
import type { ClickHouseParts } from './parts.ts';
import type { Restorer, Source } from './restorer.ts';
import type { Snapshots } from './snapshots.ts';
import { answerFormat, answerSettings, holdsMinusZero } from './values.ts';
import { validate } from './validation/index.ts';

export interface DatabaseContext {
  readonly url: string;
  readonly testRole: TestRole;
  readonly admin: Administrator;
  readonly client: ClickHouseClient;
  readonly snapshots: Snapshots;
  readonly template: Source;
  readonly restorer: Restorer;
  readonly parts: ClickHouseParts;
  /** Records a duration in milliseconds. */
  readonly measure: (name: string, milliseconds: number, attributes: Record<string, string>, scope?: Scope) => void;
}

/** A ClickHouse database that belongs to this test while it runs: pristine and seeded when the test begins. */
export class ClickHouseDatabase {
  /** The database's name, the same for all tests of a worker. */
  readonly name: string;
  /** Its address for any client of the HTTP interface: `http://user:password@host:port/name`. */
  readonly url: string;
  /** A plain `@clickhouse/client`, as a user with every right in this database and none elsewhere. */
  readonly client: ClickHouseClient;
  readonly #context: DatabaseContext;
  #previous: Promise<void> = Promise.resolve();
  #ownChecks: OwnChecks<ClickHouseDatabase> = {};

  constructor(context: DatabaseContext) {
    this.#context = context;
    this.name = context.testRole.database;
    this.url = connectionUrl(context.url, context.testRole);
    this.client = context.client;
  }

  /**
   * Runs one SELECT, with parameters as `{name: Type}`, and returns its rows as objects, exactly. An integer, of
   * whatever width, is a number where JavaScript can hold it, and else a bigint. A decimal of at most 15 digits is a
   * number, and else a string. Floats are numbers, NaN and the infinities included; a Float32 is the shortest number
   * for it. Dates, moments (to the nanosecond), UUIDs and enums are strings, as `@clickhouse/client` gives them.
   */
  async query<Row extends object = Record<string, unknown>>(
    sql: string,
    params?: Record<string, unknown>,
  ): Promise<Row[]> {
    const result = await this.client.query({
      query: sql,
      format: answerFormat,
      clickhouse_settings: answerSettings,
      ...(params === undefined ? {} : { query_params: params }),
    });
    return this.#context.parts.values.read(await result.text()) as Row[];
  }

  /**
   * Inserts rows as objects, exactly: what `query` returns can be inserted. Integers as numbers or bigints, decimals as
   * numbers or strings, floats with NaN and the infinities, dates as `Date`, ISO 8601 or `YYYY-MM-DD hh:mm:ss.fff…`.
   * The rows are visible when this returns.
   * @throws TypeError for an invalid Date.
   */
  async insert(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    const signedZeros = rows.some(holdsMinusZero) ? await this.#floatColumns(table) : new Set<string>();
    const { stream } = await this.client.exec({
      query: `INSERT INTO ${table} FORMAT JSONEachRow`,
      values: Readable.from([this.#context.parts.values.write(rows, signedZeros)], { objectMode: false }),
      clickhouse_settings: { date_time_input_format: 'best_effort', async_insert: 0 },
    });
    await finished(stream.resume());
  }

  async #floatColumns(table: string): Promise<Set<string>> {
    const columns = await this.query<{ name: string; type: string }>(`DESCRIBE TABLE ${table}`);
    return new Set(columns.filter(({ type }) => type.includes('Float')).map(({ name }) => name));
  }

  /**
   * Keeps the current state under a name, which this test can restore any number of times. Waits for mutations. Copies
   * no rows: parts are hard links. Detached parts are not kept. Costs some 10 ms for each table.
   * @throws Error when a mutation fails.
   */
  async snapshot(name: string): Promise<void> {
    await this.#timed('clickhouse.snapshot', { name }, () => this.#context.snapshots.take(name, this.name));
  }

  /**
   * Restores a snapshot, or without a name the state in which the test began: rows, tables, views and dictionaries.
   * Ends running queries and mutations first. Costs some 6 ms, whatever the amount of data, after SELECT and INSERT
   * alone in tables of the MergeTree family; else some 25 ms, and more for each table whose definition has changed.
   * @throws Error when there is no such snapshot.
   */
  async restore(name?: string): Promise<void> {
    const { template, snapshots, restorer } = this.#context;
    const source = name === undefined ? template : snapshots.find(name);
    await this.#timed('clickhouse.restore', {}, () => restorer.restore(source));
  }

  /** Checks connection, schema, data, performance and isolation, and reports what each check expected and found. */
  async validate(): Promise<ValidationReport> {
    const { admin, client, testRole, template, parts } = this.#context;
    const report = await validate(
      { name: this.name, admin, client, user: testRole.user, template: template.name },
      parts.checks,
    );
    return withOwn(report, await runOwnChecks(this, this.#ownChecks, (sql) => this.query(sql)));
  }

  /** Adds checks of your own to {@link validate}. */
  alsoCheck(checks: OwnChecks<ClickHouseDatabase>): void {
    this.#ownChecks = { ...this.#ownChecks, ...checks };
  }

  /**
   * The rows inserted, changed and deleted, and the definitions changed, since a snapshot or without a name since the
   * test began. Reads every row of both states.
   */
  async diff(from?: string): Promise<DatabaseDifference> {
    const { admin, template, snapshots, parts } = this.#context;
    return this.#inTurn(() => {
      const { name } = from === undefined ? template : snapshots.find(from);
      return compareDatabases(admin, name, this.name, parts.comparison);
    });
  }

  async #timed(name: string, attributes: Record<string, string>, work: () => Promise<void>): Promise<void> {
    await this.#inTurn(async () => {
      const start = performance.now();
      await work();
      this.#context.measure(name, performance.now() - start, attributes);
    });
  }

  /** Runs concurrent calls one after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#previous.then(work);
    this.#previous = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }
}
