import type pg from 'pg';
import { connectionsPerDatabase } from '../server/settings.ts';
import { columnsOf, type ResettableTable, settingsSql, shelf } from './prepare.ts';

/** A moment to which a database can be put back: nothing after it is part of the snapshot. */
export interface ResetPoint {
  /** The transaction that put the database back: rows of later ones were written by a test. */
  readonly xid: string;
  /** Where the write-ahead log stood when it was last read. */
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
  /** Whether any has gone on. */
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
export interface InPlaceReset {
  inspect(admin: pg.Client, tables: readonly ResettableTable[], mark: ResetPoint): Promise<Inspection>;
  /** Statements that a session needs once for a table, before those of `rows`. */
  prepare(table: ResettableTable): string[];
  /** Statements that put back one table's rows; the last of them select whether that succeeded, as `sound`. */
  rows(dirty: DirtyTable, mark: ResetPoint): string[];
  sequences(): string;
}

// One round trip: end what is still at work, then flush the log, then read the test's part of it. In this order: who
// was idle before the flush has all its work in the log, and what comes after is read by the next inspection. The last
// reset's own transaction is no change, nor is an aborted one; nor are locks, pruning and visibility. 0 is what the log
// says for a record without a transaction. A relation that is not there any more has no oid. What is said of a database
// in the catalogue that all share is not in its part of the log, so it is compared with what every clone begins with.
const inspectSql = `
  WITH database AS MATERIALIZED (
    SELECT oid, datconnlimit <> ${connectionsPerDatabase} OR datacl IS NOT NULL OR shobj_description(oid, 'pg_database') IS NOT NULL AS altered
    FROM pg_database WHERE datname = current_database()),
  at_work AS MATERIALIZED (
    SELECT count(pg_terminate_backend(pid)) FILTER (WHERE pid <> pg_backend_pid() AND (xact_start IS NOT NULL OR state IS DISTINCT FROM 'idle' OR pid IN (
             SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND pg_locks.database = (SELECT oid FROM database))))::int AS ended,
           count(*)::int AS sessions
    FROM pg_stat_activity WHERE datid = (SELECT oid FROM database)),
  flushed AS MATERIALIZED (
    SELECT ended, sessions, (SELECT oid FROM database) AS me,
           pg_logical_emit_message(false, 'proving-ground', '', true) AS lsn
    FROM at_work)
  SELECT lsn::text, ended, sessions,
    (SELECT altered FROM database) OR (${settingsSql('me')}) IS DISTINCT FROM (SELECT settings FROM ${shelf}.database) AS altered,
    EXISTS (SELECT FROM pg_prepared_xact() WHERE dbid = me) AS prepared,
    (SELECT max(s.cache) FROM ${shelf}.sequences s, pg_get_sequence_data(s.oid) d
      WHERE (d.last_value, d.is_called) IS DISTINCT FROM (s.last_value, s.is_called)) AS sequences,
    (SELECT string_agg(concat(oid, ' ', block), ',') FROM (
      SELECT DISTINCT pg_filenode_relation(b.reltablespace, b.relfilenode)::oid AS oid, b.relblocknumber AS block
      FROM ${shelf}.pg_get_wal_block_info($1, lsn, false) b
      WHERE b.reldatabase = me AND b.relforknumber = 0 AND b.resource_manager IN ('Heap', 'Heap2')
        AND b.record_type !~ '^(LOCK|PRUNE|VISIBLE|FREEZE)'
        AND b.xid <> $2::xid AND (b.xid = '0' OR pg_xact_status(b.xid::text::xid8) IS DISTINCT FROM 'aborted')) AS places) AS written
  FROM flushed`;

interface InspectionRow {
  readonly lsn: string;
  readonly ended: number;
  readonly sessions: number;
  /** Whether the database has other settings, privileges, a comment or another limit. */
  readonly altered: boolean;
  /** Whether there is a transaction that somebody may commit at any time. */
  readonly prepared: boolean;
  /** The largest cache of a sequence that has gone on; null where none has. */
  readonly sequences: string | null;
  /** Oids and blocks, such as `16394 0,16394 7`. */
  readonly written: string | null;
}

/** So many sessions are no server's pool any more but leaks, and leave the next test no room. */
const crowd = connectionsPerDatabase / 2;

export const fastReset: InPlaceReset = {
  async inspect(admin, tables, mark) {
    const {
      rows: [row],
    } = await admin.query<InspectionRow>({ name: 'inspect', text: inspectSql, values: [mark.lsn, mark.xid] });
    const { lsn, ended, sequences, written } = row!;
    const byOid = new Map(tables.map((table) => [table.oid, table]));
    // written together with their tables
    const toasts = new Set(tables.map(({ toast }) => toast).filter((oid) => oid > 0));
    const dirty: DirtyTable[] = tables.filter((table) => table.unlogged).map((table) => ({ table, blocks: undefined }));
    let obstacle = obstacleIn(row!, dirty);
    for (const [oid, blocks] of blocksByOid(written)) {
      const table = byOid.get(oid);
      if (table?.plain === true) dirty.push({ table, blocks });
      else if (!toasts.has(oid))
        obstacle ??= table === undefined ? 'something other than rows was changed' : hasRules(table);
    }
    return { ended, obstacle, dirty, sequences: sequences !== null, lsn };
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
           SELECT FROM (SELECT ctid, * FROM ONLY ${name} t WHERE ${within('t.ctid')}) t
           FULL JOIN (SELECT * FROM ${copy} c WHERE ${within('c._ctid')}) c ON t.ctid = c._ctid
           WHERE (t.ctid IS NOT NULL AND c._ctid IS NOT NULL AND ROW(${columnsOf(table, 't')})::record *= ROW(${columnsOf(table, 'c')})::record) IS NOT TRUE) AS sound`,
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

/** What stands in the way of the fast reset whatever rows were written. */
function obstacleIn(
  { altered, prepared, sessions, sequences }: InspectionRow,
  unlogged: readonly DirtyTable[],
): string | undefined {
  if (altered) return 'the database itself was altered';
  if (prepared) return 'a transaction is prepared';
  if (sessions > crowd) return `${sessions} sessions were left open`;
  if (Number(sequences) > 1) return 'sessions may have the next keys of a sequence in their cache';
  const opaque = unlogged.find(({ table }) => !table.plain);
  return opaque === undefined ? undefined : hasRules(opaque.table);
}

function hasRules({ name }: ResettableTable): string {
  return `${name} has rules or replication triggers`;
}

/** The blocks of each relation, ascending; of those without an oid under 0. */
function blocksByOid(written: string | null): Map<number, number[]> {
  const result = new Map<number, number[]>();
  for (const place of written?.split(',') ?? []) {
    const [oid = '', block = ''] = place.split(' ');
    const blocks = result.get(Number(oid));
    if (blocks === undefined) result.set(Number(oid), [Number(block)]);
    else blocks.push(Number(block));
  }
  for (const blocks of result.values()) blocks.sort((a, b) => a - b);
  return result;
}

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
