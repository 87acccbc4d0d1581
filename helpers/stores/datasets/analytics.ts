import type { Dataset, DatasetTable, Value } from './table.ts';

/**
 * The analytics tables of a dataset: its users, one event for each of its events and (as `message_sent`) for each of
 * its messages, and one measurement of each event's duration. Ids are those of the dataset, so that a platform's two
 * stores can be compared.
 */
export function analyticsTables({ tables }: Dataset): DatasetTable[] {
  const users = rowsOf(tables, 'users');
  const tracked = rowsOf(tables, 'events');
  const sent = rowsOf(tables, 'messages').map((message, i) => ({
    id: tracked.length + i + 1,
    user_id: message['author_id']!,
    name: 'message_sent',
    properties: { thread: `${message['thread_id'] as number}` },
    duration_ms: 20 + ((i * 7919) % 480), // spread out, so that no index matches it by accident
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
