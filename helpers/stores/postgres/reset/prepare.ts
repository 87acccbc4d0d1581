import type pg from 'pg';
import { quoted } from '../connection.ts';

/** The schema, closed to tests, in which a resettable database keeps what it is put back from. */
export const shelf = '_proving_ground';

/** A table as the fast reset sees it. */
export interface ResettableTable {
  readonly oid: number;
  /** Qualified and quoted. */
  readonly name: string;
  /** Its copy on the shelf: the columns below and `_ctid`, the place where the row stands. */
  readonly copy: string;
  /** Quoted; generated columns are left out, they follow from the others. */
  readonly columns: readonly string[];
  /** Where its wide values are; 0 if it has none. */
  readonly toast: number;
  readonly unlogged: boolean;
  /** Whether rows can be put back as they are: no rules, and no triggers that fire even for replication. */
  readonly plain: boolean;
}

const tablesSql = `
  SELECT c.oid::int, format('%I.%I', n.nspname, c.relname) AS name, format('${shelf}.t%s', c.oid) AS copy, c.reltoastrelid::int AS toast,
         c.relpersistence = 'u' AS unlogged,
         NOT c.relhasrules AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled IN ('A', 'R')) AND a.columns IS NOT NULL AS plain,
         coalesce(a.columns, '{}') AS columns
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (
    SELECT array_agg(quote_ident(attname) ORDER BY attnum) AS columns
    FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') a
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${shelf}') AND n.nspname NOT LIKE 'pg\\_temp%'
  ORDER BY c.oid`;

/** The tables of a database that can be told apart row by row. */
export async function resettableTables(admin: pg.Client): Promise<ResettableTable[]> {
  const { rows } = await admin.query<ResettableTable>(tablesSql);
  return rows;
}

/**
 * Makes a database resettable: a copy of every table, in which each row knows where it stands (`ctid`), and of every
 * sequence, and the settings of the database. Clones are copies of files, so in them every row stands in the same
 * place.
 */
export async function prepareReset(admin: pg.Client): Promise<void> {
  await admin.query(`CREATE SCHEMA ${shelf}; CREATE EXTENSION pg_walinspect SCHEMA ${shelf}`);
  const tables = await resettableTables(admin);
  for (const { name, copy, columns } of tables) {
    await admin.query(`
      CREATE TABLE ${copy} AS SELECT ${['ctid AS _ctid', ...columns].join(', ')} FROM ONLY ${name};
      CREATE UNIQUE INDEX ON ${copy} (_ctid);
      ANALYZE ${copy}`);
  }
  await admin.query(`
    CREATE TABLE ${shelf}.sequences AS
    SELECT s.seqrelid AS oid, s.seqcache AS cache, d.last_value, d.is_called FROM pg_sequence s, pg_get_sequence_data(s.seqrelid) d;
    CREATE TABLE ${shelf}.database AS SELECT (${settingsSql('d.oid')}) AS settings FROM pg_database d WHERE datname = current_database()`);
}

/** The settings that a database has of its own, as one text; null where it has none. */
export function settingsSql(oid: string): string {
  return `SELECT string_agg(concat(setrole, setconfig), '; ' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = ${oid}`;
}

/** Quoted for use in a list of columns of one side of a join. */
export function columnsOf(table: ResettableTable, alias: string): string {
  return table.columns.map((column) => `${quoted(alias)}.${column}`).join(', ');
}
