import { isDeepStrictEqual } from 'node:util';
import { shortened } from '../../lib/text.ts';
import {
  type DatabaseDifference,
  type DefinitionDifference,
  isEmpty,
  type Row,
  type TableDifference,
} from './difference.ts';

/**
 * A difference as text:
 *
 *     users  1 inserted, 1 changed
 *       + id: 4, email: "ana@example.com"
 *       ~ id: 2  name: "Ben" → "Bea"
 */
export function describeDifference(difference: DatabaseDifference): string {
  if (isEmpty(difference)) return 'no difference';
  return [...difference.tables.map(describeTable), ...difference.definitions.map(describeDefinition)].join('\n\n');
}

function describeTable({ table, counts, inserted, changed, deleted }: TableDifference): string {
  const summary = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
  const lines = [
    ...inserted.map((row) => `  + ${describeRow(row)}`),
    ...changed.map(({ before, after }) => `  ~ ${describeChange(before, after)}`),
    ...deleted.map((row) => `  - ${describeRow(row)}`),
  ];
  const hidden = counts.inserted + counts.changed + counts.deleted - lines.length;
  return [`${table}  ${summary}`, ...lines, ...(hidden > 0 ? [`  … and ${hidden} more`] : [])].join('\n');
}

function describeRow(row: Row): string {
  return Object.entries(row)
    .filter(([, value]) => value !== null)
    .map(([column, value]) => `${column}: ${describeValue(value)}`)
    .join(', ');
}

/** The changed columns, after the first unchanged one, which usually identifies the row. */
function describeChange(before: Row, after: Row): string {
  const columns = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const isSame = (column: string): boolean => isDeepStrictEqual(before[column], after[column]);
  const same = columns.find(isSame);
  const changes = columns
    .filter((column) => !isSame(column))
    .map((column) => `${column}: ${describeValue(before[column])} → ${describeValue(after[column])}`);
  return `${same === undefined ? '' : `${same}: ${describeValue(after[same])}  `}${changes.join(', ')}`;
}

function describeDefinition({ kind, name, before, after }: DefinitionDifference): string {
  const what = before === undefined ? 'new' : after === undefined ? 'gone' : 'changed';
  return [`${kind} ${name}  ${what}`, ...marked('-', before), ...marked('+', after)].join('\n');
}

function marked(sign: string, text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : [`  ${sign} ${text.replaceAll('\n', '\n    ')}`];
}

function describeValue(value: unknown): string {
  if (value === undefined) return '(no such column)';
  if (value === null) return 'null';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^-?\d+(\.\d+)?$|^[tf]$/.test(text) ? text : JSON.stringify(shortened(text, 80));
}
