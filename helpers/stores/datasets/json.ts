import { messageOf } from '../../lib/environment.ts';
import type { RowText } from './row-text.ts';

interface JsonTable {
  readonly table: string;
  readonly rows: readonly RowText[];
}

const token = /"(?:[^"\\]|\\.)*"|[[\]{}:]|[^"[\]{}:]+/g;

/**
 * The tables in a JSON file: an array has the rows of `table`, an object those of several tables. Rows keep their text,
 * so that no number loses digits.
 */
export function jsonTables(
  text: string,
  table: string,
  mistake: (line: number, sentence: string) => Error,
): JsonTable[] {
  const value = parse(text, mistake);
  const isRows = (part: unknown): boolean =>
    Array.isArray(part) && part.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row));
  if (isRows(value)) return [{ table, rows: rowsIn(text, 1).get('') ?? [] }];
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const odd = entries.find(([, rows]) => !isRows(rows));
  if (entries.length === 0 || odd !== undefined)
    throw mistake(
      1,
      `${odd === undefined ? 'it' : `"${odd[0]}"`} has no rows: write an array of objects, or such an array for each table in one object.`,
    );
  const found = rowsIn(text, 2);
  return entries.map(([name]) => ({ table: name, rows: found.get(name) ?? [] }));
}

function parse(text: string, mistake: (line: number, sentence: string) => Error): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const [sentence] = /^.*? in JSON|^[^,]*/.exec(messageOf(error))!;
    throw mistake(text.slice(0, placeOfMistake(text)).split('\n').length, `it is no JSON: ${sentence}.`);
  }
}

/** Where malformed JSON is malformed, which its parser does not always say: behind it, a prefix may not go on. */
function placeOfMistake(text: string): number {
  let [good, bad] = [0, text.length];
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2);
    if (mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle - 1;
  }
  return good;
}

function mayGoOn(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return true;
  } catch (error) {
    const message = messageOf(error);
    const [, position] = /at position (\d+)/.exec(message) ?? [];
    return /Unexpected end|Unterminated/.test(message) || Number(position) === prefix.length;
  }
}

/** The objects in arrays at a depth of valid JSON, by the key of their array. */
function rowsIn(text: string, depth: number): Map<string, RowText[]> {
  const found = new Map<string, RowText[]>();
  let [level, start, key, line, counted, lastString] = [0, 0, '', 1, 0, ''];
  for (const { 0: part, index } of text.matchAll(token)) {
    if (part.startsWith('"')) lastString = part;
    else if (part === ':' && level === 1 && depth === 2) key = JSON.parse(lastString) as string;
    else if (part === '{' || part === '[') {
      if (level === depth) {
        line += text.slice(counted, index).split('\n').length - 1;
        [start, counted] = [index, index];
      }
      level += 1;
    } else if (part === '}' || part === ']') {
      level -= 1;
      if (level === depth) {
        const rows = found.get(key) ?? [];
        rows.push({ text: text.slice(start, index + 1), line });
        found.set(key, rows);
      }
    }
  }
  return found;
}
