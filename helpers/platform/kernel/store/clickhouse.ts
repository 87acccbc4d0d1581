import type { ClickHouseError } from '@clickhouse/client';

/** Errors of a store that lacks a table, space or time (`src/Common/ErrorCodes.cpp`). */
const absences: ReadonlySet<string | undefined> = new Set([
  'UNKNOWN_TABLE',
  'UNKNOWN_DATABASE',
  'TABLE_IS_DROPPED',
  'TABLE_IS_READ_ONLY',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'TOO_MANY_PARTS',
  'SERVER_OVERLOADED',
  'MEMORY_LIMIT_EXCEEDED',
  'NOT_ENOUGH_SPACE',
  'TIMEOUT_EXCEEDED',
  'SOCKET_TIMEOUT',
  'NETWORK_ERROR',
  'QUERY_WAS_CANCELLED',
  'ABORTED',
]);

/** Whether ClickHouse is temporarily unable to do its work, rather than a statement being wrong. */
export function isUnable({ type }: ClickHouseError): boolean {
  return absences.has(type);
}
