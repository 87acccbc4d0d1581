import type pg from 'pg';
import type { Definition } from '../differences/index.ts';
import { literal } from './connection.ts';
import { readDefinitions } from './definitions/index.ts';
import { resetSchema } from './reset/index.ts';

/** A sequence's last value, and whether that value was handed out. */
export interface SequencePosition {
  readonly name: string;
  readonly position: string;
}

export async function readSequences(client: pg.ClientBase | pg.Pool): Promise<SequencePosition[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname <> '${resetSchema}' ORDER BY 1`);
  if (rows.length === 0) return [];
  const positions = rows.map(
    ({ name }) =>
      `SELECT ${literal(name)} AS name, last_value || CASE WHEN is_called THEN '' ELSE ' (not yet used)' END AS position FROM ${name}`,
  );
  return (await client.query<SequencePosition>(positions.join(' UNION ALL '))).rows;
}

/** A table that stores rows itself: a partition, not its parent. */
export interface TableContent {
  readonly name: string;
  readonly rows: number;
  /** Sum of the rows' hashes: equal for equal rows in any order. */
  readonly hash: string;
}

/** Counts and hashes the rows of each table. Reads every row; `t.*` is the whole row even if a column is named `t`. */
export async function readContents(client: pg.ClientBase | pg.Pool): Promise<TableContent[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND (c.relkind = 'r' OR c.relispopulated)
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${resetSchema}') ORDER BY 1`);
  if (rows.length === 0) return [];
  const contents = rows.map(
    ({ name }) =>
      `SELECT ${literal(name)} AS name, count(*)::int AS rows, coalesce(sum(hashtextextended((t.*)::text, 0)), 0)::text AS hash FROM ONLY ${name} t`,
  );
  return (await client.query<TableContent>(contents.join(' UNION ALL '))).rows;
}

/** The state of a database, as far as it can be compared without reading single rows. */
export interface DatabaseState {
  readonly definitions: readonly Definition[];
  readonly sequences: readonly SequencePosition[];
  readonly contents: readonly TableContent[];
}

export async function readState(client: pg.ClientBase | pg.Pool): Promise<DatabaseState> {
  return {
    definitions: await readDefinitions(client),
    sequences: await readSequences(client),
    contents: await readContents(client),
  };
}
