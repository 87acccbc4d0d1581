import type pg from 'pg';
import { connectionsPerDatabase } from '../server/settings.ts';
import { columnsOf, type ResettableTable, shelf } from './prepare.ts';

/** A moment to which a database can be put back: nothing after it is part of the snapshot. */
export interface Mark {
  /** Rows of later transactions were written by the test. */
  readonly xid: string;
  /** Where the write-ahead log stood. */
  readonly lsn: string;
}

/** What a test did to the database, read from the write-ahead log. */
export interface Inspection {
  /** Sessions that were in the middle of something and have been told to end. */
  readonly ended: number;
  /** Why only the strict way is sound; undefined where the fast way is. */
  readonly obstacle: string | undefined;
  /** Tables that were written to, and their blocks. */
  readonly dirty: readonly DirtyTable[];
  readonly sequences: boolean;
  /** Where the log stands now. */
  readonly lsn: string;
}

interface DirtyTable {
  readonly table: ResettableTable;
  /** Ascending; undefined for a table that does not write to the log, of which all is suspect. */
  readonly blocks: readonly number[] | undefined;
}

/** The parts of the fast reset. */
export interface FastReset {
  inspect(admin: pg.Client, tables: readonly ResettableTable[], mark: Mark): Promise<Inspection>;
  /** Statements that a session needs once for a table, before those of `rows`. */
  prepare(table: ResettableTable): string[];
  /** Statements that put back one table's rows; the last of them select whether that succeeded, as `sound`. */
  rows(dirty: DirtyTable, mark: Mark): string[];
  sequences(): string;
}

// One round trip: end what is still at work, flush the log, read the test's part of it. Aborted transactions left
// nothing. Locks, pruning and visibility are no changes. 0 is what the log says for a record without a transaction.
const inspectSql = `
  WITH flushed AS MATERIALIZED (SELECT pg_logical_emit_message(false, 'proving-ground', '', true) AS lsn),
  me AS (SELECT oid FROM pg_database WHERE datname = current_database()),
  written AS MATERIALIZED (
    SELECT DISTINCT b.reltablespace, b.relfilenode, b.relblocknumber, b.xid
    FROM flushed, me, ${shelf}.pg_get_wal_block_info($1, flushed.lsn, false) b
    WHERE b.reldatabase = me.oid AND b.relforknumber = 0 AND b.resource_manager IN ('Heap', 'Heap2')
      AND b.record_type !~ '^(LOCK|PRUNE|VISIBLE|FREEZE)'),
  aborted AS (SELECT xid FROM (SELECT DISTINCT xid FROM written WHERE xid <> '0') x WHERE pg_xact_status(xid::text::xid8) = 'aborted'),
  relations AS (
    SELECT pg_filenode_relation(reltablespace, relfilenode)::oid AS oid, array_agg(DISTINCT relblocknumber ORDER BY relblocknumber) AS blocks
    FROM written WHERE xid NOT IN (SELECT xid FROM aborted) GROUP BY reltablespace, relfilenode)
  SELECT
    (SELECT lsn FROM flushed)::text AS lsn,
    a.ended, a.sessions,
    EXISTS (SELECT FROM pg_db_role_setting, me WHERE setdatabase = me.oid) AS settings,
    EXISTS (SELECT FROM ${shelf}.sequences s, pg_get_sequence_data(s.oid) d
      WHERE (d.last_value, d.is_called) IS DISTINCT FROM (s.last_value, s.is_called)) AS sequences,
    coalesce((SELECT json_agg(json_build_object('oid', r.oid::int, 'blocks', r.blocks)) FROM relations r
      LEFT JOIN pg_class c ON c.oid = r.oid
      WHERE c.relkind IS DISTINCT FROM 't' OR c.oid < 16384), '[]') AS relations
  FROM (
    SELECT count(pg_terminate_backend(pid)) FILTER (WHERE pid <> pg_backend_pid() AND (xact_start IS NOT NULL OR state IS DISTINCT FROM 'idle'))::int AS ended,
           count(*)::int AS sessions
    FROM pg_stat_activity, me WHERE datid = me.oid) a`;

interface InspectionRow {
  readonly lsn: string;
  readonly ended: number;
  readonly sessions: number;
  readonly settings: boolean;
  readonly sequences: boolean;
  readonly relations: readonly { readonly oid: number | null; readonly blocks: readonly number[] }[];
}

/** So many sessions are no server's pool any more but leaks, and leave the next test no room. */
const crowd = connectionsPerDatabase / 2;

export const fastReset: FastReset = {
  async inspect(admin, tables, mark) {
    const { rows: [row] } = await admin.query<InspectionRow>({ name: 'inspect', text: inspectSql, values: [mark.lsn] });
    const { lsn, ended, sessions, settings, sequences, relations } = row!;
    const byOid = new Map(tables.map((table) => [table.oid, table]));
    const dirty: DirtyTable[] = tables.filter((table) => table.unlogged).map((table) => ({ table, blocks: undefined }));
    let obstacle = settings ? 'settings of the database were changed' : sessions > crowd ? `${sessions} sessions were left open` : undefined;
    for (const { oid, blocks } of relations) {
      const table = byOid.get(oid ?? 0);
      if (table?.plain === true) dirty.push({ table, blocks });
      else obstacle ??= table === undefined ? 'something other than rows was changed' : `${table.name} has rules or replication triggers`;
    }
    return { ended, obstacle, dirty, sequences, lsn };
  },

  // Most of the time of these statements is their planning: so it is done once. $1 and $2 are a range of places.
  prepare(table) {
    const { oid, name, copy, columns } = table;
    const within = (ctid: string): string => `${ctid} >= $1 AND ${ctid} < $2`;
    return [
      `PREPARE delete_${oid} (tid, tid, bigint) AS
         DELETE FROM ONLY ${name} t WHERE ${within('t.ctid')} AND t.xmin::text::bigint > $3`,
      `PREPARE insert_${oid} (tid, tid) AS
         WITH missing AS (
           SELECT * FROM ${copy} c WHERE ${within('c._ctid')} AND c._ctid NOT IN (SELECT t.ctid FROM ONLY ${name} t WHERE ${within('t.ctid')})
         ), back AS (
           MERGE INTO ONLY ${name} t USING missing m ON false
           WHEN NOT MATCHED THEN INSERT (${columns.join(', ')}) OVERRIDING SYSTEM VALUE VALUES (${columnsOf(table, 'm')})
           RETURNING m._ctid AS was, t.ctid AS is
         ) UPDATE ${copy} c SET _ctid = back.is FROM back WHERE c._ctid = back.was`,
      `PREPARE check_${oid} (tid, tid) AS
         SELECT NOT EXISTS (
             SELECT FROM ${copy} c WHERE ${within('c._ctid')}
             AND NOT EXISTS (SELECT FROM ONLY ${name} t WHERE t.ctid = c._ctid AND ROW(${columnsOf(table, 't')})::record *= ROW(${columnsOf(table, 'c')})::record))
           AND NOT EXISTS (
             SELECT FROM ONLY ${name} t WHERE ${within('t.ctid')} AND NOT EXISTS (SELECT FROM ${copy} c WHERE c._ctid = t.ctid)) AS sound`,
    ];
  },

  rows({ table: { oid }, blocks }, { xid }) {
    const places = ranges(blocks).map(({ from, to }) => `'(${from},0)', '(${to + 1},0)'`);
    // All that is new goes first: it may be a later version of what comes back, under the same key and far away.
    return [
      ...places.map((range) => `EXECUTE delete_${oid} (${range}, ${xid})`),
      ...places.map((range) => `EXECUTE insert_${oid} (${range})`),
      ...places.map((range) => `EXECUTE check_${oid} (${range})`),
    ];
  },

  sequences() {
    return `SELECT setval(s.oid::regclass, s.last_value, s.is_called) FROM ${shelf}.sequences s, pg_get_sequence_data(s.oid) d
            WHERE (d.last_value, d.is_called) IS DISTINCT FROM (s.last_value, s.is_called)`;
  },
};

/** The largest block number there is, PostgreSQL's MaxBlockNumber less one so that it has a successor. */
const lastBlock = 4_294_967_293;

/** Blocks close to each other are scanned together; many groups as one. */
function ranges(blocks: readonly number[] | undefined): { from: number; to: number }[] {
  if (blocks === undefined) return [{ from: 0, to: lastBlock }];
  const result: { from: number; to: number }[] = [];
  for (const block of blocks) {
    const last = result.at(-1);
    if (last !== undefined && block - last.to <= 16) last.to = block;
    else result.push({ from: block, to: block });
  }
  return result.length > 16 ? [{ from: blocks[0]!, to: blocks.at(-1)! }] : result;
}
