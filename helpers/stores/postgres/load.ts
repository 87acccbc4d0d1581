import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Dataset, DatasetTable, Value } from '../datasets/index.ts';
import { UsageError } from '../../lib/usage.ts';
import { quoted } from './connection.ts';

/** Loads a dataset into a database. */
export interface Loader {
  load(client: pg.Client, dataset: Dataset): Promise<void>;
}

/**
 * Loads by COPY the tables and columns that dataset and schema have in common, then advances the sequences of the keys.
 * @throws UsageError when they have nothing in common, or the schema refuses the rows.
 */
export const loader: Loader = {
  async load(client, dataset) {
    const columnsOf = await columnsByTable(client);
    const known = dataset.tables.filter(({ name }) => columnsOf.has(name));
    if (known.length === 0 && dataset.tables.length > 0) {
      throw new UsageError(
        `Dataset '${dataset.name}' fits nothing in this schema: it has rows for ${dataset.tables.map(({ name }) => name).join(', ')}. Use dataset: 'empty', or one of your own.`,
      );
    }
    for (const table of known) {
      try {
        await copy(client, table, columnsOf.get(table.name)!);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        const detail = [error.detail, error.hint].filter((part) => part !== undefined).join(' ');
        throw new UsageError(
          `Dataset '${dataset.name}' cannot be loaded into ${table.name}: ${error.message}${detail === '' ? '' : ` (${detail})`}. Use dataset: 'empty', or one of your own.`,
        );
      }
    }
    await moveSequences(
      client,
      known.map(({ name }) => `public.${quoted(name)}`),
    );
  },
};

async function columnsByTable(client: pg.Client): Promise<Map<string, Set<string>>> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(`
    SELECT c.relname AS name, array_agg(a.attname::text) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
    GROUP BY c.relname`);
  return new Map(rows.map(({ name, columns }) => [name, new Set(columns)]));
}

async function copy(
  client: pg.Client,
  { name, columns, rows }: DatasetTable,
  existing: ReadonlySet<string>,
): Promise<void> {
  const positions = columns.flatMap((column, index) => (existing.has(column) ? [index] : []));
  const names = positions.map((index) => quoted(columns[index]!)).join(', ');
  await pipeline(
    Readable.from(lines(rows, positions)),
    client.query(copyFrom(`COPY public.${quoted(name)} (${names}) FROM STDIN`)),
  );
}

/** The rows in COPY's text format, in chunks of 500. */
function* lines(rows: DatasetTable['rows'], positions: readonly number[]): Generator<string> {
  for (let start = 0; start < rows.length; start += 500) {
    yield rows
      .slice(start, start + 500)
      .map((row) => `${positions.map((index) => field(row[index]!)).join('\t')}\n`)
      .join('');
  }
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function field(value: Value): string {
  if (value === null) return '\\N';
  const text =
    value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/[\\\t\n\r]/g, (character) => escapes[character]!);
}

/**
 * Loaded rows bring their own keys, so the sequences must be advanced or the next insert collides. Tables are qualified
 * and quoted.
 */
export async function moveSequences(client: pg.ClientBase, tables: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ move: string }>(
    `
    SELECT format('SELECT setval(%L, max(%I)) FROM %s HAVING max(%I) BETWEEN %s AND %s', seqrelid::regclass, a.attname, d.refobjid::regclass, a.attname, seqmin, seqmax) AS move
    FROM pg_sequence
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = seqrelid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    JOIN pg_type t ON t.oid = a.atttypid AND coalesce(nullif(t.typbasetype, 0), t.oid) IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    WHERE d.refobjid = ANY ($1::regclass[])`,
    [tables],
  );
  for (const { move } of rows) await client.query(move);
}
