import type pg from 'pg';
import { literal } from './connection.ts';
import { mayInventSettings } from './lasting-connection.ts';
import { isChangeSql, isHeldSql, propertiesSql, resettableTables, type ResetPoint } from './reset/index.ts';

/** A table's rows as the template has them. */
interface OriginalTable {
  readonly name: string;
  /** How many rows are in each block. */
  readonly rows: Readonly<Record<string, number>>;
}

/** What a template contains, by the files that the log names; clones are copies of files, so these are the same. */
export interface Original {
  readonly tables: ReadonlyMap<number, OriginalTable>;
  /** Tables of values that are stored outside of their rows; they go with these rows. */
  readonly toasts: ReadonlySet<number>;
  /** Statements that put sequences back. */
  readonly sequences: ReadonlyMap<number, string>;
  /** Whether a connection may have settings that no statement of a test shows. */
  readonly mayInventSettings: boolean;
}

/** A part of a table that a test has written to. */
interface Written {
  readonly file: number;
  readonly from: number;
  readonly to: number;
  readonly isSequence: boolean;
}

/** What a test has done to its database, by the server's log. */
export interface Traces {
  /** Why it cannot be made pristine; undefined where the statements of {@link Recycling.undo} may do it. */
  readonly obstacle: string | undefined;
  readonly written: readonly Written[];
  /** Up to where the log was read. */
  readonly lsn: string;
}

/** Makes the database of one test pristine for another, where a test has left no more than rows of its own. */
export interface Recycling {
  /** Reads the log since the database was pristine. */
  trace(
    maintenance: pg.ClientBase,
    database: Traced,
    original: Original,
    /** The server processes of sessions that may stay. */
    own: readonly number[],
  ): Promise<Traces>;
  /** The statements that remove the test's rows; those that return `sound` say whether all others are as they were. */
  undo(written: readonly Written[], original: Original, since: ResetPoint): string[];
}

/** A database that can be told from the log. */
export interface Traced {
  readonly oid: number;
  readonly mark: ResetPoint;
  /** Settings, rights, limit and comment. */
  readonly properties: string;
}

/** Blocks that are worth being read again; a new clone is cheaper than more. */
const mostBlocks = 256;

// Other sessions are ended first, so that none of them writes what the log does not have yet.
const traceSql = `
  WITH others AS MATERIALIZED (
    SELECT count(pg_terminate_backend(pid))::int AS ended FROM pg_stat_activity
    WHERE datid = $2 AND pid <> ALL ($3::int[])),
  flushed AS MATERIALIZED (
    SELECT ended, pg_logical_emit_message(false, 'proving-ground', '', true) AS lsn FROM others)
  SELECT ended, lsn::text,
    (SELECT ${propertiesSql('d')} FROM pg_database d WHERE oid = $2) AS properties,
    ${isHeldSql('$2')} AS prepared,
    (SELECT json_agg(w) FROM (
      SELECT b.relfilenode::bigint AS file, min(b.relblocknumber) AS from, max(b.relblocknumber) AS to,
        b.resource_manager = 'Sequence' AS "isSequence"
      FROM proving_ground.pg_get_wal_block_info($1, lsn, false) b
      WHERE b.reldatabase = $2 AND b.xid <> $4::xid AND ${isChangeSql}
      GROUP BY b.relfilenode, "isSequence") w) AS written
  FROM flushed`;

interface TraceRow {
  readonly ended: number;
  readonly lsn: string;
  readonly properties: string;
  readonly prepared: boolean;
  readonly written: readonly Written[] | null;
}

export const recycling: Recycling = {
  async trace(maintenance, { oid, mark, properties }, { tables, toasts, sequences }, own) {
    const { rows } = await maintenance.query<TraceRow>({
      name: 'trace',
      text: traceSql,
      values: [mark.lsn, oid, own, mark.xid],
    });
    const [row] = rows;
    const written = row!.written ?? [];
    const isKnown = ({ file, isSequence }: Written): boolean =>
      isSequence ? sequences.has(file) : tables.has(file) || toasts.has(file);
    const blocks = written.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    let obstacle: string | undefined;
    if (row!.ended > 0) obstacle = 'sessions were left open';
    else if (row!.properties !== properties) obstacle = 'the database itself was altered';
    else if (row!.prepared) obstacle = 'a transaction is prepared, or a replication slot is there';
    else if (!written.every(isKnown)) obstacle = 'something other than rows was changed';
    else if (blocks > mostBlocks) obstacle = 'much was written';
    return { obstacle, written, lsn: row!.lsn };
  },

  undo(written, { tables, sequences }, { xid }) {
    return written.flatMap(({ file, from, to, isSequence }) => {
      if (isSequence) return [sequences.get(file)!];
      const table = tables.get(file);
      if (table === undefined) return []; // stored outside of a row, with which it goes
      const within = `ctid >= '(${from},0)' AND ctid < '(${to + 1},0)'`;
      const before = Object.entries(table.rows).reduce(
        (sum, [block, rows]) => (Number(block) >= from && Number(block) <= to ? sum + rows : sum),
        0,
      );
      return [
        `DELETE FROM ONLY ${table.name} WHERE ${within} AND xmin::text::bigint > ${xid}`,
        `SELECT count(*) = ${before} AS sound FROM ONLY ${table.name} WHERE ${within}`,
      ];
    });
  },
};

/** Settings of the session that undoes: no trigger fires, and what it does is not counted. */
export const undoSettings = '-c session_replication_role=replica -c track_counts=off';

/** Looks at a pristine database. @returns undefined where its rows cannot be removed, or writes are not in the log. */
export async function readOriginal(admin: pg.Client): Promise<Original | undefined> {
  const found = await resettableTables(admin);
  if (found.some(({ plain, unlogged }) => !plain || unlogged)) return undefined;
  const { rows: files } = await admin.query<{ oid: number; file: number }>(
    'SELECT oid::int, pg_relation_filenode(oid)::bigint::int AS file FROM pg_class WHERE oid = ANY ($1)',
    [found.flatMap(({ oid, toast }) => (toast === 0 ? [oid] : [oid, toast]))],
  );
  const fileOf = new Map(files.map(({ oid, file }) => [oid, file]));
  const tables = new Map<number, OriginalTable>();
  for (const { oid, name } of found) {
    const { rows } = await admin.query<{ rows: Record<string, number> }>(`
      SELECT coalesce(json_object_agg(block, rows), '{}') AS rows FROM (
        SELECT (ctid::text::point)[0]::int AS block, count(*)::int AS rows FROM ONLY ${name} GROUP BY 1) b`);
    tables.set(fileOf.get(oid)!, { name, rows: rows[0]!.rows });
  }
  const { rows: sequences } = await admin.query<{ file: number; logged: boolean; statement: string }>(`
    SELECT c.relfilenode::bigint::int AS file, c.relpersistence = 'p' AS logged,
      format('SELECT setval(%s, %s, %L)', c.oid, d.last_value, d.is_called) AS statement
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid, pg_get_sequence_data(c.oid) d`);
  if (sequences.some(({ logged }) => !logged)) return undefined;
  return {
    tables,
    toasts: new Set(found.flatMap(({ toast }) => (toast === 0 ? [] : [fileOf.get(toast)!]))),
    sequences: new Map(sequences.map(({ file, statement }) => [file, statement])),
    mayInventSettings: await mayInventSettings(admin),
  };
}

/** The database's identity, and its state as that to which it can be put back. */
export async function markPristine(maintenance: pg.ClientBase, name: string): Promise<Traced> {
  const { rows } = await maintenance.query<{ oid: number; properties: string; xid: string; lsn: string }>(`
    SELECT oid::int, ${propertiesSql('d')} AS properties,
      pg_current_xact_id()::text AS xid, pg_current_wal_insert_lsn()::text AS lsn
    FROM pg_database d WHERE datname = ${literal(name)}`);
  const { oid, properties, xid, lsn } = rows[0]!;
  return { oid, properties, mark: { xid, lsn } };
}

/** Gives a database another name while it has sessions, which ALTER DATABASE refuses. */
export async function renameInUse(maintenance: pg.ClientBase, oid: number, name: string): Promise<void> {
  await maintenance.query('UPDATE pg_database SET datname = $1 WHERE oid = $2', [name, oid]);
}

/** Lets the maintenance's own database read the log. Several workers may do it at once. */
export async function enableTracing(maintenance: pg.ClientBase): Promise<void> {
  await maintenance.query(`
    SELECT pg_advisory_xact_lock(hashtext('proving_ground')); CREATE SCHEMA IF NOT EXISTS proving_ground;
    CREATE EXTENSION IF NOT EXISTS pg_walinspect SCHEMA proving_ground`);
}
