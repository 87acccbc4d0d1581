import type pg from 'pg';
import {
  type DatabaseDifference,
  type Definition,
  differingDefinitions,
  differingRows,
  type DefinitionDifference,
  type Row,
  type TableDifference,
} from '../differences/index.ts';
import { type DatabaseState, readHoldings } from './catalogue.ts';
import type { CatalogueReading } from './catalogue-reading.ts';
import { quoted } from './connection.ts';
import { readMarked } from './definitions/index.ts';

/** Compares definitions by the two states that were read, and rows in the databases. */
export interface Comparison {
  definitions(before: DatabaseState, after: DatabaseState): DefinitionDifference[];
  rows(before: pg.ClientBase, after: pg.ClientBase, table: string): Promise<TableDifference>;
}

export const comparison: Comparison = {
  definitions: (before, after) => differingDefinitions(named(before), named(after)),

  async rows(before, after, table) {
    const [oldHashes, nowHashes] = await Promise.all([hashesOf(before, table), hashesOf(after, table)]);
    const columns = await commonColumns(before, after, table);
    const declared = (await primaryKey(after, table)) ?? (await primaryKey(before, table));
    const key = declared?.every((column) => columns.includes(column)) === true ? declared : undefined;
    const [old, now] = await Promise.all([
      rowsOf(before, table, columns, excess(oldHashes, nowHashes)),
      rowsOf(after, table, columns, excess(nowHashes, oldHashes)),
    ]);
    return differingRows(table, key, old, now);
  },
};

/**
 * Compares a database with an earlier state of it or of another database. Rows are read only of tables whose hashes
 * differ, and the other database is opened only for these; its state may still be read meanwhile.
 */
export async function compareDatabases(
  state: Promise<DatabaseState>,
  openBefore: () => Promise<pg.ClientBase>,
  after: pg.ClientBase,
  { definitions, rows }: Comparison,
  reading: CatalogueReading,
): Promise<DatabaseDifference> {
  const [before, holdings] = await Promise.all([state, readHoldings(after, reading)]);
  const now = { ...holdings, ...(await readMarked(after, reading, before)) };
  const oldHashes = new Map(before.contents.map(({ name, hash, rows: count }) => [name, `${count} ${hash}`]));
  const nowHashes = new Map(now.contents.map(({ name, hash, rows: count }) => [name, `${count} ${hash}`]));
  const names = [...new Set([...oldHashes.keys(), ...nowHashes.keys()])].toSorted();
  const tables: TableDifference[] = [];
  for (const name of names) {
    if (oldHashes.get(name) === nowHashes.get(name)) continue;
    tables.push(await rows(await openBefore(), after, name));
  }
  return {
    tables: tables.filter(({ counts }) => counts.inserted + counts.changed + counts.deleted > 0),
    definitions: definitions(before, now),
  };
}

function named({ definitions, sequences }: DatabaseState): Definition[] {
  return [
    ...definitions,
    ...sequences.map(({ name, position }) => ({ kind: 'sequence position', name, definition: position })),
  ];
}

type Hashes = ReadonlyMap<string, number>;

/** Counts each row of a table by its hash, so that only differing rows are transferred. */
async function hashesOf(client: pg.ClientBase, table: string): Promise<Hashes> {
  if ((await columnsOf(client, table)) === undefined) return new Map();
  const { rows } = await client.query<{ hash: string; count: number }>(
    `SELECT hashtextextended((t.*)::text, 0)::text AS hash, count(*)::int AS count FROM ONLY ${table} t GROUP BY 1`,
  );
  return new Map(rows.map(({ hash, count }) => [hash, count]));
}

function excess(hashes: Hashes, other: Hashes): string[] {
  return [...hashes].filter(([hash, count]) => count !== other.get(hash)).map(([hash]) => hash);
}

/** The rows with these hashes, every column as its type prints it: a cast to text may be the schema's own, and lose. */
async function rowsOf(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  hashes: readonly string[],
): Promise<Row[]> {
  if (hashes.length === 0) return [];
  const printed = columns
    .map(quoted)
    .map((column) => `CASE WHEN t.${column} IS DISTINCT FROM NULL THEN format('%s', t.${column}) END AS ${column}`);
  const { rows } = await client.query<Row>(
    `SELECT ${printed.join(', ')} FROM ONLY ${table} t WHERE hashtextextended((t.*)::text, 0) = ANY ($1)`,
    [hashes],
  );
  return rows;
}

/** A column that only one side has is a changed definition, not a change of every row. */
async function commonColumns(before: pg.ClientBase, after: pg.ClientBase, table: string): Promise<string[]> {
  const [old, now] = await Promise.all([columnsOf(before, table), columnsOf(after, table)]);
  return old === undefined || now === undefined ? (old ?? now ?? []) : now.filter((column) => old.includes(column));
}

/** Undefined when there is no such table, or a materialized view that was not filled: neither has rows. */
async function columnsOf(client: pg.ClientBase, table: string): Promise<string[] | undefined> {
  const { rows } = await client.query<{ columns: string[] | null }>(
    `SELECT array_agg(attname::text ORDER BY attnum) AS columns FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
     WHERE attrelid = to_regclass($1) AND relispopulated AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return rows[0]?.columns ?? undefined;
}

async function primaryKey(client: pg.ClientBase, table: string): Promise<string[] | undefined> {
  const { rows } = await client.query<{ columns: string[] | null }>(
    "SELECT (SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS columns FROM pg_constraint WHERE conrelid = to_regclass($1) AND contype = 'p'",
    [table],
  );
  return rows[0]?.columns ?? undefined;
}
