import { eventRows, messageRow, workRow } from '../rows.ts';
import type { Turn } from '../store.ts';

/** A turn as the function of the schema takes it: after the token, in this order. What is empty is null. */
export function turnValues({ execution, history, work, messages, cancelled, metadata }: Turn): unknown[] {
  return [
    execution,
    jsonOf(history && eventRows(history)),
    jsonOf(work?.map(workRow)),
    jsonOf(messages?.map(({ message, delay = 0 }) => ({ ...messageRow(message), delay }))),
    [...new Set(messages?.map(({ message }) => message.instance))],
    jsonOf(cancelled?.map((one) => [one.execution, one.activity])),
    metadata && metadataOf(metadata),
  ];
}

function jsonOf(rows: readonly unknown[] = []): string | null {
  return rows.length === 0 ? null : JSON.stringify(rows);
}

function metadataOf({ customStatus, ...changes }: NonNullable<Turn['metadata']>): string {
  return JSON.stringify({
    ...changes,
    sets_custom_status: customStatus !== undefined,
    custom_status: customStatus,
  });
}
