import type pg from 'pg';
import { quoted } from '../connection.ts';

/** The schema, closed to tests, with the copies that a database is reset from. */
export const resetSchema = '_proving_ground';

/** A table as the reset in place sees it. */
export interface ResettableTable {
  readonly oid: number;
  /** Qualified and quoted. */
  readonly name: string;
  /** Its copy in the reset schema: the columns below and `_ctid`, the row's position in the table. */
  readonly copy: string;
  /** Quoted; without generated columns, which follow from the others. */
  readonly columns: readonly string[];
  /** The oid of its TOAST table; 0 if it has none. */
  readonly toast: number;
  readonly unlogged: boolean;
  /** Whether its rows can be inserted unchanged: no rules, and no triggers that fire even for replication. */
  readonly plain: boolean;
}

const tablesSql = `
  SELECT c.oid::int, format('%I.%I', n.nspname, c.relname) AS name, format('${resetSchema}.t%s', c.oid) AS copy, c.reltoastrelid::int AS toast,
         c.relpersistence = 'u' AS unlogged,
         NOT c.relhasrules AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled IN ('A', 'R')) AND a.columns IS NOT NULL AS plain,
         coalesce(a.columns, '{}') AS columns
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (
    SELECT array_agg(quote_ident(attname) ORDER BY attnum) AS columns
    FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') a
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${resetSchema}') AND n.nspname NOT LIKE 'pg\\_temp%'
  ORDER BY c.oid`;

/** The tables of a database whose rows can be reset. */
export async function resettableTables(admin: pg.Client): Promise<ResettableTable[]> {
  const { rows } = await admin.query<ResettableTable>(tablesSql);
  return rows;
}

/**
 * Makes a database resettable in place: copies every table with each row's position (`ctid`), every sequence, and the
 * database's settings. Clones are copies of files, so the positions are the same in all of them.
 */
export async function prepareReset(admin: pg.Client): Promise<void> {
  await admin.query(`CREATE SCHEMA ${resetSchema}; CREATE EXTENSION pg_walinspect SCHEMA ${resetSchema}`);
  const tables = await resettableTables(admin);
  for (const { name, copy, columns } of tables) {
    await admin.query(`
      CREATE TABLE ${copy} AS SELECT ${['ctid AS _ctid', ...columns].join(', ')} FROM ONLY ${name};
      CREATE UNIQUE INDEX ON ${copy} (_ctid);
      ANALYZE ${copy}`);
  }
  await admin.query(`
    CREATE TABLE ${resetSchema}.sequences AS
    SELECT c.oid, s.seqcache AS cache, c.relpersistence <> 'u' AS logged, d.last_value, d.is_called
      FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid, pg_get_sequence_data(c.oid) d;
    CREATE TABLE ${resetSchema}.database AS
    SELECT (${settingsSql('d.oid')}) AS settings, ${rightsSql('d')} AS rights FROM pg_database d
      WHERE datname = current_database()`);
}

/** SQL for a database's own settings as one text; null when it has none. */
export function settingsSql(oid: string): string {
  return `SELECT string_agg(concat(setrole, setconfig), '; ' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = ${oid}`;
}

/** SQL for what a row of pg_database says of the database's connection limit, rights and comment, as one text. */
export function rightsSql(row: string): string {
  return `concat_ws('; ', ${row}.datconnlimit, ${row}.datacl::text, shobj_description(${row}.oid, 'pg_database'))`;
}

/** Quoted columns of one side of a join. */
export function columnsOf(table: ResettableTable, alias: string): string {
  return table.columns.map((column) => `${quoted(alias)}.${column}`).join(', ');
}
