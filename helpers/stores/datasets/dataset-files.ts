import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../lib/environment.ts';
import { type Place, UsageError } from '../../lib/usage.ts';
import { nothingAt, placeIn } from '../places.ts';
import { type CsvRecord, csvRecords } from './csv.ts';
import { jsonTables } from './json.ts';
import type { RowText } from './row-text.ts';
import { datasetNames } from './sizes.ts';

/** The rows of one table, from one file or given by code. */
export interface TableRows {
  readonly format: 'csv' | 'json';
  /** `users`, or `shop.users` with its schema. */
  readonly table: string;
  /** Undefined for rows that code gives. */
  readonly file: string | undefined;
  /** The whole file, for CSV with its header. */
  readonly text: string;
  /** For CSV the names in the header. */
  readonly columns: readonly string[];
  /** For JSON an object each. */
  readonly rows: readonly RowText[];
}

/** Rows in files: of tables, and SQL that is run after them. */
export interface FileDataset {
  readonly label: string;
  /** Equal for equal files. */
  readonly content: string;
  readonly tables: readonly TableRows[];
  readonly sql: readonly { readonly path: string; readonly text: string }[];
}

/** Where rows are: at a path, or here. */
export type RowsSource = string | URL | RowsByTable;

/** Rows given by code, by table. */
export type RowsByTable = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/**
 * Reads the rows at a path: `users.csv`, `rows.json`, `seed.sql`, or a folder with any number of these. A CSV file has
 * the rows of the table that it is named after, with a header; a JSON file too, as an array, or as an object those of
 * several tables.
 * @throws UsageError with file and line.
 */
function readFileDataset(full: string): FileDataset {
  const files = statSync(full).isDirectory()
    ? readdirSync(full)
        .filter((name) => !/^\.|\.md$/i.test(name))
        .toSorted()
        .map((name) => path.join(full, name))
    : [full];
  if (files.length === 0) throw new UsageError(`The dataset is empty: the folder ${full} has no file.`);
  const texts = files.map((file) => ({ path: file, text: textOf(file) }));
  return {
    label: shown(full),
    content: JSON.stringify(texts.map(({ path: file, text }) => [path.basename(file), text])),
    tables: texts.flatMap(({ path: file, text }) => tablesIn(file, text)),
    sql: texts.filter(({ path: file }) => /\.sql$/i.test(file)),
  };
}

/** The same rows, with an absolute path. @param folder that of the file that says it. @throws UsageError. */
export function placeRows(source: RowsSource, folder: string): string | RowsByTable {
  if (typeof source !== 'string' && !(source instanceof URL)) return source;
  const place = placeIn(folder, source);
  if (existsSync(place)) return place;
  throw new UsageError(
    `Unknown dataset '${String(source)}': known are ${datasetNames.join(', ')} and empty, ` +
      `and ${nothingAt(folder, String(source))}.`,
  );
}

/** @throws UsageError when there is nothing at the path, or what is there cannot be read. */
export function fileDataset(rows: RowsSource, folder = process.cwd()): FileDataset {
  const source = placeRows(rows, folder);
  if (typeof source !== 'string')
    return { label: 'rows', content: JSON.stringify(Object.entries(source), plain), tables: tablesOf(source), sql: [] };
  return readFileDataset(source);
}

/** Rows that code gives, in the same shape. */
function tablesOf(rows: RowsByTable): TableRows[] {
  return Object.entries(rows).map(([table, all]) => ({
    format: 'json',
    table,
    file: undefined,
    text: '',
    columns: [],
    rows: all.map((row, index) => ({ text: JSON.stringify(row, plain), line: index + 1 })),
  }));
}

/** JSON has no large integers, which databases read from texts as well. */
function plain(_: string, part: unknown): unknown {
  return typeof part === 'bigint' ? String(part) : part;
}

function textOf(file: string): string {
  if (statSync(file).isDirectory() || !/\.(csv|json|sql)$/i.test(file))
    throw new UsageError(`${shown(file)} cannot be a dataset: rows come from files named .csv, .json or .sql.`);
  return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
}

function tablesIn(file: string, text: string): TableRows[] {
  const table = path.basename(file, path.extname(file));
  if (/\.csv$/i.test(file)) {
    const [header, ...rows] = recordsIn(file, text);
    if (header === undefined) throw mistake(file, 1, 'it is empty: its first line has to name the columns');
    return [{ format: 'csv', table, file, text, columns: header.fields, rows }];
  }
  if (!/\.json$/i.test(file)) return [];
  return jsonTables(text, table, (line, sentence) => mistake(file, line, sentence)).map((found) => ({
    format: 'json',
    file,
    text,
    columns: [],
    ...found,
  }));
}

function recordsIn(file: string, text: string): CsvRecord[] {
  try {
    return csvRecords(text);
  } catch (error) {
    throw mistake(file, (error as { lines?: number }).lines ?? 1, `it is no CSV: ${messageOf(error)}.`);
  }
}

/** A mistake at a line of a file. */
export function mistake(file: string | undefined, line: number, sentence: string): UsageError {
  if (file === undefined) return new UsageError(`Row ${line}: ${sentence}`);
  const place: Place = { file, line, column: 1 };
  return new UsageError(`${shown(file)}:${line}: ${sentence}`, place);
}

function shown(file: string): string {
  return path.relative(process.cwd(), file);
}
