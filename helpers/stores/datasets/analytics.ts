import type { Dataset, DatasetTable, Value } from './table.ts';

/**
 * What a platform's analytics know of a dataset: its users, one event for each thing that happened (every event of
 * the dataset, and every message as `message_sent`), and one measurement of each event's duration. The same ids as in
 * the dataset itself, so that the two stores of a platform can be compared.
 */
export function analyticsTables({ tables }: Dataset): DatasetTable[] {
  const users = rowsOf(tables, 'users');
  const tracked = rowsOf(tables, 'events');
  const sent = rowsOf(tables, 'messages').map((message, i) => ({
    id: tracked.length + i + 1,
    user_id: message['author_id']!,
    name: 'message_sent',
    properties: { thread: `${message['thread_id'] as number}` },
    duration_ms: 20 + ((i * 7919) % 480), // scattered, without a pattern that an index could hide
    occurred_at: message['created_at']!,
  }));
  const events = [...tracked, ...sent];
  return [
    pick('users', ['id', 'display_name', 'status', 'time_zone', 'created_at', 'updated_at'], users),
    pick('events', ['id', 'user_id', 'name', 'properties', 'duration_ms', 'occurred_at'], events),
    pick(
      'metrics',
      ['name', 'labels', 'value', 'measured_at'],
      events.map(({ name, duration_ms, occurred_at }) => ({
        name: 'event.duration',
        labels: { event: name! },
        value: duration_ms!,
        measured_at: occurred_at!,
      })),
    ),
  ];
}

type Row = Readonly<Record<string, Value>>;

function rowsOf(tables: readonly DatasetTable[], name: string): Row[] {
  const table = tables.find((candidate) => candidate.name === name);
  return table?.rows.map((row) => Object.fromEntries(table.columns.map((column, i) => [column, row[i]!]))) ?? [];
}

function pick(name: string, columns: readonly string[], rows: readonly Row[]): DatasetTable {
  return { name, columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) };
}
