import type pg from 'pg';
import type { EndedSession } from '../cut-off.ts';
import { connectionsPerDatabase } from '../server/settings.ts';
import { isChangeSql, isHeldSql } from './changes.ts';
import { columnsOf, type ResettableTable, resetSchema, rightsSql, settingsSql } from './prepare.ts';

/** A moment to which a database can be reset. */
export interface ResetPoint {
  /** The transaction of the last reset: a test wrote the rows of all later ones. */
  readonly xid: string;
  /** The position in the write-ahead log up to which it has been inspected. */
  readonly lsn: string;
}

/** A test's changes, read from the write-ahead log. */
export interface Inspection {
  /** How many sessions were busy and have been terminated. */
  readonly ended: number;
  /** Which these were. */
  readonly cutOff: readonly EndedSession[];
  /** Why a reset in place would be unsound; undefined when it is sound. */
  readonly obstacle: string | undefined;
  /** Tables that were written to, and their blocks. */
  readonly dirty: readonly DirtyTable[];
  /** The oids of sequences that were used. */
  readonly sequences: readonly number[];
  /** The current end of the write-ahead log. */
  readonly lsn: string;
}

interface DirtyTable {
  readonly table: ResettableTable;
  /** Ascending; undefined for an unlogged table, of which every block is suspect. */
  readonly blocks: readonly number[] | undefined;
}

export interface InPlaceReset {
  inspect(admin: pg.Client, tables: readonly ResettableTable[], mark: ResetPoint): Promise<Inspection>;
  /** Statements that a session runs once for each table, before those of `rows`. */
  prepare(table: ResettableTable): string[];
  /** Statements that reset one table's rows; the last of them return, as `sound`, whether that succeeded. */
  rows(dirty: DirtyTable, mark: ResetPoint): string[];
  /** The statement that puts back the sequences whose oids are `$1`. */
  sequences(): string;
}

// One round trip that terminates busy sessions, then flushes the log, then reads the test's part of it. This order
// matters: whatever a session wrote before it was idle is in the flushed log, and later writes are left to the next
// inspection. The last reset's own transaction is not counted. A dropped relation has no oid. Properties of the
// database in the shared catalogues are not in its part of the log, so they are compared with the template's.
const inspectSql = `
  WITH database AS MATERIALIZED (
    SELECT oid, ${rightsSql('d')} IS DISTINCT FROM (SELECT rights FROM ${resetSchema}.database) AS altered
    FROM pg_database d WHERE datname = current_database()),
  at_work AS MATERIALIZED (
    SELECT count(pg_terminate_backend(pid)) FILTER (WHERE busy)::int AS ended, count(*)::int AS sessions,
      json_agg(json_build_object('pid', pid, 'application', coalesce(application_name, ''), 'state', state))
        FILTER (WHERE busy) AS who
    FROM (
      SELECT pid, application_name, state, pid <> pg_backend_pid() AND (
          xact_start IS NOT NULL OR state IS DISTINCT FROM 'idle' OR pid IN (
            SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND pg_locks.database = (SELECT oid FROM database))
        ) AS busy
      FROM pg_stat_activity WHERE datid = (SELECT oid FROM database)) s),
  flushed AS MATERIALIZED (
    SELECT ended, sessions, who, (SELECT oid FROM database) AS me,
           pg_logical_emit_message(false, 'proving-ground', '', true) AS lsn
    FROM at_work),
  changed AS MATERIALIZED (
    SELECT DISTINCT pg_filenode_relation(b.reltablespace, b.relfilenode)::oid AS oid, b.relblocknumber AS block,
      b.resource_manager = 'Sequence' AS is_sequence
    FROM flushed, ${resetSchema}.pg_get_wal_block_info($1, lsn, false) b
    WHERE b.reldatabase = me AND b.xid <> $2::xid AND ${isChangeSql})
  SELECT lsn::text, ended, sessions, who,
    (SELECT altered FROM database) OR (${settingsSql('me')}) IS DISTINCT FROM (SELECT settings FROM ${resetSchema}.database) AS altered,
    ${isHeldSql('me')} AS prepared,
    (SELECT json_build_object('cache', coalesce(max(s.cache), 0), 'oids', coalesce(array_agg(s.oid::bigint), '{}'))
      FROM ${resetSchema}.sequences s
      WHERE s.oid IN (SELECT oid FROM changed WHERE is_sequence)
        OR NOT s.logged AND (SELECT (d.last_value, d.is_called) IS DISTINCT FROM (s.last_value, s.is_called)
          FROM pg_get_sequence_data(s.oid) d)) AS sequences,
    (SELECT string_agg(concat(oid, ' ', block), ',') FROM changed WHERE NOT is_sequence) AS written
  FROM flushed`;

interface InspectionRow {
  readonly lsn: string;
  readonly ended: number;
  /** The sessions that were ended; null when there was none. */
  readonly who: readonly EndedSession[] | null;
  readonly sessions: number;
  /** Whether the database has different settings or privileges, a comment or another connection limit. */
  readonly altered: boolean;
  /** Whether there is a prepared transaction, which could be committed at any time, or a replication slot. */
  readonly prepared: boolean;
  /** The sequences that were used, and the largest cache among them. */
  readonly sequences: { readonly cache: number; readonly oids: readonly number[] };
  /** Oids and blocks, such as `16394 0,16394 7`. */
  readonly written: string | null;
}

/** So many sessions are leaks rather than a server's pool, and leave the next test no room. */
const crowd = connectionsPerDatabase / 2;

export const inPlaceReset: InPlaceReset = {
  async inspect(admin, tables, mark) {
    const { rows } = await admin.query<InspectionRow>({
      name: 'inspect',
      text: inspectSql,
      values: [mark.lsn, mark.xid],
    });
    const [row] = rows;
    const { lsn, ended, sequences, written } = row!;
    const byOid = new Map(tables.map((table) => [table.oid, table]));
    // TOAST tables are reset together with their tables.
    const toasts = new Set(tables.map(({ toast }) => toast).filter((oid) => oid > 0));
    const dirty: DirtyTable[] = tables.filter((table) => table.unlogged).map((table) => ({ table, blocks: undefined }));
    let obstacle = obstacleIn(row!, dirty);
    for (const [oid, blocks] of blocksByOid(written)) {
      const table = byOid.get(oid);
      if (table?.plain === true) dirty.push({ table, blocks });
      else if (!toasts.has(oid))
        obstacle ??= table === undefined ? 'something other than rows was changed' : hasRules(table);
    }
    return { ended, cutOff: row!.who ?? [], obstacle, dirty, sequences: sequences.oids, lsn };
  },

  // Planning takes most of the time of these statements, so it is done once. $1 and $2 are a range of row positions.
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
    // New rows are deleted first: one of them may be a later version of a row to insert, with the same key in another
    // block.
    return [
      ...places.map((range) => `EXECUTE delete_${oid} (${range}, ${xid})`),
      ...places.map((range) => `EXECUTE insert_${oid} (${range})`),
      ...places.map((range) => `EXECUTE check_${oid} (${range})`),
    ];
  },

  sequences() {
    return `SELECT setval(oid::regclass, last_value, is_called) FROM ${resetSchema}.sequences WHERE oid = ANY ($1)`;
  },
};

/** Why the reset in place is unsound, whatever rows were written. */
function obstacleIn(
  { altered, prepared, sessions, sequences }: InspectionRow,
  unlogged: readonly DirtyTable[],
): string | undefined {
  if (altered) return 'the database itself was altered';
  if (prepared) return 'a transaction is prepared, or a replication slot is there';
  if (sessions > crowd) return `${sessions} sessions were left open`;
  if (sequences.cache > 1) return 'sessions may have the next keys of a sequence in their cache';
  const opaque = unlogged.find(({ table }) => !table.plain);
  return opaque === undefined ? undefined : hasRules(opaque.table);
}

function hasRules({ name }: ResettableTable): string {
  return `${name} has rules or replication triggers`;
}

/** The blocks of each relation, ascending; those without an oid under 0. */
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

/** PostgreSQL's MaxBlockNumber less one, so that it has a successor. */
const lastBlock = 4_294_967_293;

/** Merges nearby blocks into ranges that are scanned together; many ranges become one. */
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
