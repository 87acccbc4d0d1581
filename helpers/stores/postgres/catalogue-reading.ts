import type pg from 'pg';
import { resetSchema } from './reset/index.ts';

/** A table or materialized view that stores rows itself: a partition, not its parent. */
export interface StoredTable {
  readonly name: string;
  /** Whether it certainly has no rows, because its file has no block. */
  readonly isEmpty: boolean;
}

/** What makes reading a database of thousands of tables quick, and what would make a difference miss changes. */
export interface CatalogueReading {
  /** Equal in two copies of one database when the catalogues of both have the same rows; else they may differ. */
  mark(client: pg.ClientBase | pg.Pool): Promise<string>;
  /** The tables with rows of their own. */
  tables(client: pg.ClientBase | pg.Pool): Promise<StoredTable[]>;
  /** Parts of a list that one statement reads, so that no statement locks thousands of tables. */
  batches<Item>(all: readonly Item[]): Item[][];
}

/** SQL for whether a row of pg_class, by its alias, is a table without rows: its file, and no heir's, has a block. */
export const emptyFile = (c: string): string =>
  `(${c}.relkind IN ('r', 'm') AND ${c}.relam = 2 AND NOT ${c}.relhassubclass AND pg_relation_size(${c}.oid) = 0) IS TRUE`;

/** Relations that one statement reads. More would take more locks, fewer more statements. */
const atOnce = 100;

/**
 * PostgreSQL never changes what a row of the catalogue says in place (but for counts and the like, which no definition
 * has), and copies keep each row's place and transaction. What of the shared catalogues definitions say, such as names
 * of roles, is a part of the mark as it is. Large objects and statistics are data, and kept out.
 */
const marksSql = `
  SELECT string_agg(format(
    'SELECT %L AS name, count(*) AS rows, sum(hash_record_extended(ROW(ctid, xmin), 0)) AS hash FROM pg_catalog.%I',
    relname, relname), ' UNION ALL ') AS sql
  FROM pg_class
  WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared
    AND has_table_privilege(oid, 'SELECT')
    AND relname NOT IN ('pg_largeobject', 'pg_statistic', 'pg_statistic_ext_data')`;

const sharedSql = `
  SELECT 'shared', count(*), sum(hashtextextended(line, 0)) FROM (
    SELECT concat('role ', oid, ' ', rolname) FROM pg_roles
    UNION ALL SELECT concat('tablespace ', oid, ' ', spcname) FROM pg_tablespace
    UNION ALL SELECT concat('owner ', datdba) FROM pg_database WHERE datname = current_database()) shared(line)`;

export const catalogueReading: CatalogueReading = {
  async mark(client) {
    const { rows } = await client.query<{ sql: string }>(marksSql);
    const { rows: marks } = await client.query<{ mark: string }>(
      `SELECT string_agg(concat_ws(' ', name, rows, hash), ', ' ORDER BY name) AS mark
       FROM (${rows[0]!.sql} UNION ALL ${sharedSql}) catalogues`,
    );
    return marks[0]!.mark;
  },

  async tables(client) {
    const { rows } = await client.query<StoredTable>(`
      SELECT c.oid::regclass::text AS name,
        c.relam = 2 AND coalesce(pg_relation_size(c.oid) = 0, false) AS "isEmpty"
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND (c.relkind = 'r' OR c.relispopulated)
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${resetSchema}') ORDER BY 1`);
    return rows;
  },

  batches(all) {
    return Array.from({ length: Math.ceil(all.length / atOnce) }, (_, part) =>
      all.slice(part * atOnce, (part + 1) * atOnce),
    );
  },
};

/** Runs queries of one value each, many in one statement, and returns the values in their order. */
export async function valuesOf(
  client: pg.ClientBase | pg.Pool,
  { batches }: CatalogueReading,
  queries: readonly string[],
): Promise<string[]> {
  const values: string[] = [];
  for (const batch of batches(queries)) {
    const { rows } = await client.query<{ found: string[] }>(
      `SELECT ARRAY[${batch.map((query) => `(${query})::text`).join(', ')}] AS found`,
    );
    values.push(...rows[0]!.found);
  }
  return values;
}
