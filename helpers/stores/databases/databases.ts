import { UsageError } from '../../lib/usage.ts';
import type { ClickHouseDatabase } from '../clickhouse/index.ts';
import type { DatabaseDifference } from '../differences/index.ts';
import type { PostgresDatabase } from '../postgres/index.ts';
import type { CheckResult, ValidationReport } from '../validation/index.ts';
import { type OwnCheckFunction, runOwnChecks } from '../validation/own-checks.ts';
import type { DatabasesParts } from './consistency.ts';

/** A platform's two stores as one: snapshot, restore, diff and validate cover both. */
export class Databases {
  readonly postgres: PostgresDatabase;
  readonly clickhouse: ClickHouseDatabase;
  readonly #parts: DatabasesParts;
  #ownChecks: Readonly<Record<string, OwnCheckFunction<Databases>>> = {};

  constructor(postgres: PostgresDatabase, clickhouse: ClickHouseDatabase, parts: DatabasesParts) {
    this.postgres = postgres;
    this.clickhouse = clickhouse;
    this.#parts = parts;
  }

  get name(): string {
    return `${this.postgres.name} and ${this.clickhouse.name}`;
  }

  /** Takes a snapshot of both stores under one name. See each store's own `snapshot`. */
  async snapshot(name: string): Promise<void> {
    await this.#inEach((store) => store.snapshot(name));
  }

  /** Restores a snapshot of both, or without a name the state in which the test began. */
  async restore(name?: string): Promise<void> {
    await this.#inEach((store) => store.restore(name));
  }

  /** The changes in both stores, since a snapshot or the test's beginning, named with the store: `postgres.users`. */
  async diff(from?: string): Promise<DatabaseDifference> {
    const [postgres, clickhouse] = await Promise.all([this.postgres.diff(from), this.clickhouse.diff(from)]);
    return {
      tables: [
        ...postgres.tables.map((table) => ({ ...table, table: `postgres.${table.table}` })),
        ...clickhouse.tables.map((table) => ({ ...table, table: `clickhouse.${table.table}` })),
      ],
      definitions: [
        ...postgres.definitions.map((one) => ({ ...one, name: `postgres.${one.name}` })),
        ...clickhouse.definitions.map((one) => ({ ...one, name: `clickhouse.${one.name}` })),
      ],
    };
  }

  /** Runs all checks of both stores, and compares the stores with each other. */
  async validate(): Promise<ValidationReport> {
    const [postgres, clickhouse] = await Promise.all([this.postgres.validate(), this.clickhouse.validate()]);
    // Last, because it queries as the test does, and the stores' own checks look for queries under way.
    const between = [...(await this.#compare()), ...(await runOwnChecks(this, this.#ownChecks, noQuery))];
    const of = (store: string, { checks }: ValidationReport): CheckResult[] =>
      checks.map((result) => ({ ...result, check: `${store}: ${result.check}` }));
    const checks = [...of('PostgreSQL', postgres), ...of('ClickHouse', clickhouse), ...between];
    return { database: this.name, passed: checks.every(({ passed }) => passed), checks };
  }

  /** Adds comparisons of your own to {@link validate}: a function gets both stores, and returns what is wrong. */
  alsoCheck(checks: Readonly<Record<string, OwnCheckFunction<Databases>>>): void {
    this.#ownChecks = { ...this.#ownChecks, ...checks };
  }

  async #compare(): Promise<CheckResult[]> {
    const { postgres, clickhouse } = this;
    const [here, there] = await Promise.all([
      postgres.query<{ name: string }>(
        "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid)",
      ),
      clickhouse.query<{ name: string }>('SHOW TABLES'),
    ]);
    const tables = {
      postgres: new Set(here.map(({ name }) => name)),
      clickhouse: new Set(there.map(({ name }) => name)),
    };
    const results = await Promise.all(
      Object.values(this.#parts.consistency).map((compare) => compare({ postgres, clickhouse, tables })),
    );
    return results.flatMap((result) => (result === undefined ? [] : [{ category: 'data' as const, ...result }]));
  }

  /** Both have ended or failed when this returns, so that no work continues behind the caller. */
  async #inEach(work: (store: PostgresDatabase | ClickHouseDatabase) => Promise<void>): Promise<void> {
    const outcomes = await Promise.allSettled(this.#parts.stores(this).map(work));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
}

/** Two stores have no query in common. */
function noQuery(): never {
  throw new UsageError('A check of both stores is a function, since a query is for one of them.');
}
