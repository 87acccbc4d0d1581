import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { statements } from '../../../stores/clickhouse/table-file.ts';
import {
  analyticsTables,
  type DatasetTable,
  fixedClock,
  type NamedDataset,
  planDataset,
} from '../../../stores/datasets/index.ts';

/** The database that is compared. */
export interface Subject {
  readonly label: string;
  readonly tables: 'events';
  readonly dataset: NamedDataset;
}

export const analytics: Subject = {
  label: "tables 'events' with dataset 'analytics' (2,000 events)",
  tables: 'events',
  dataset: 'analytics',
};

export function performance(scaleFactor: number): Subject {
  return {
    label: `tables 'events' with dataset 'performance' × ${scaleFactor} (${(1_000 * scaleFactor).toLocaleString('en')} events)`,
    tables: 'events',
    dataset: { name: 'performance', scaleFactor },
  };
}

/** A test's changes before the restore: it writes to one table, from which a view fills another. */
export const changes: readonly string[] = [
  "INSERT INTO events (id, user_id, name, occurred_at) SELECT 1000000 + number, 1, 'export', toDateTime64('2025-12-05 00:00:00', 3, 'UTC') FROM numbers(10)",
];

export async function firstQuery(client: ClickHouseClient): Promise<void> {
  await (await client.query({ query: 'SELECT count() AS events FROM events', format: 'JSONEachRow' })).json();
}

/** What an alternative fills a database with: statements and rows. */
export interface Seed {
  readonly statements: readonly string[];
  readonly rows: readonly DatasetTable[];
}

export function seedOf({ tables, dataset }: Subject): Seed {
  const script = readFileSync(
    fileURLToPath(new URL(`../../../stores/clickhouse/tables/${tables}.sql`, import.meta.url)),
    'utf8',
  );
  const rows = analyticsTables(planDataset(dataset).generate(fixedClock)).filter(({ name }) => name !== 'metrics');
  return { statements: statements(script).map(({ sql }) => sql), rows };
}
