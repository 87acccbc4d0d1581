import { rightsSql, settingsSql } from './prepare.ts';

/**
 * SQL: whether `b`, a row of pg_get_wal_block_info, is a change of rows or of a sequence. Aborted transactions, locks,
 * pruning and visibility change nothing. The log uses xid 0 for records without a transaction.
 */
export const isChangeSql = `b.relforknumber = 0 AND (
  b.resource_manager = 'Sequence'
  OR b.resource_manager IN ('Heap', 'Heap2') AND b.record_type !~ '^(LOCK|PRUNE|VISIBLE|FREEZE)'
    AND (b.xid = '0' OR pg_xact_status(b.xid::text::xid8) IS DISTINCT FROM 'aborted'))`;

/** SQL: whether a database has a prepared transaction, which could be committed at any time, or a replication slot. */
export function isHeldSql(oid: string): string {
  return `(EXISTS (SELECT FROM pg_prepared_xact() WHERE dbid = ${oid})
    OR EXISTS (SELECT FROM pg_get_replication_slots() WHERE datoid = ${oid}))`;
}

/** SQL for all that a row of pg_database, and the settings of that database, say of it, as one text. */
export function propertiesSql(row: string): string {
  return `concat_ws('; ', ${rightsSql(row)}, (${settingsSql(`${row}.oid`)}))`;
}
