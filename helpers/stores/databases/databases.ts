import type { ClickHouseDatabase } from '../clickhouse/index.ts';
import type { DatabaseDifference } from '../differences/index.ts';
import type { PostgresDatabase } from '../postgres/index.ts';
import type { CheckResult, ValidationReport } from '../validation/index.ts';
import type { DatabasesParts } from './consistency.ts';

/** A platform's two stores as one: kept, put back, compared and looked at together. */
export class Databases {
  readonly postgres: PostgresDatabase;
  readonly clickhouse: ClickHouseDatabase;
  readonly #parts: DatabasesParts;

  constructor(postgres: PostgresDatabase, clickhouse: ClickHouseDatabase, parts: DatabasesParts) {
    this.postgres = postgres;
    this.clickhouse = clickhouse;
    this.#parts = parts;
  }

  /** Both names. */
  get name(): string {
    return `${this.postgres.name} and ${this.clickhouse.name}`;
  }

  /** Keeps the state of both under a name. See each store's own `snapshot`. */
  async snapshot(name: string): Promise<void> {
    await this.#inEach((store) => store.snapshot(name));
  }

  /** Takes both back to a snapshot, or without a name to the state in which the test began. */
  async restore(name?: string): Promise<void> {
    await this.#inEach((store) => store.restore(name));
  }

  /**
   * What changed in either, since a snapshot or without a name since the test began; names say in which:
   * `postgres.users`, `clickhouse.events`.
   */
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

  /** All checks of both, and whether they agree with each other. */
  async validate(): Promise<ValidationReport> {
    const [postgres, clickhouse] = await Promise.all([this.postgres.validate(), this.clickhouse.validate()]);
    // afterwards: it asks as the test does, and a query under way is what the others look for
    const between = await this.#compare();
    const of = (store: string, { checks }: ValidationReport): CheckResult[] =>
      checks.map((result) => ({ ...result, check: `${store}: ${result.check}` }));
    const checks = [...of('PostgreSQL', postgres), ...of('ClickHouse', clickhouse), ...between];
    return { database: this.name, passed: checks.every(({ passed }) => passed), checks };
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

  /** Both are done, or have failed, before this returns: whoever goes on finds nothing half done. */
  async #inEach(work: (store: PostgresDatabase | ClickHouseDatabase) => Promise<void>): Promise<void> {
    const outcomes = await Promise.allSettled(this.#parts.stores(this).map(work));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
}
