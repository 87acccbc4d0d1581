import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { csvRecords, type FileDataset, mistake, type TableRows } from '../datasets/index.ts';
import { quoted } from './connection.ts';
import { moveSequences } from './load.ts';
import { describeRefusal } from './query-errors.ts';
import { resetSchema } from './reset/index.ts';
import { runFile, type SqlReading } from './sql-file.ts';
import { type ForeignKey, foreignKeysAmong, inOrderOf, postponed } from './foreign-keys.ts';

/** Loads rows from files, and rows that code gives. */
export interface FileLoader {
  /** Makes these foreign keys wait until all rows are there, and returns how they are checked then. */
  postpone(keys: readonly ForeignKey[]): { readonly before: string; readonly after: string };
  /** Lets the next key that a sequence gives be a free one. */
  moveSequences(client: pg.ClientBase, tables: readonly string[]): Promise<void>;
}

export const fileLoader: FileLoader = { postpone: postponed, moveSequences };

export interface FileParts {
  readonly fileLoader: FileLoader;
  readonly sqlReading: SqlReading;
}

/** Rows of a table that there is. */
interface Target extends TableRows {
  /** Qualified and quoted. */
  readonly name: string;
}

/**
 * Loads tables in any order, in the caller's transaction: foreign keys are checked when all rows are there. Then
 * advances the sequences of the keys, and runs the SQL. CSV is read by PostgreSQL: nothing between two commas is NULL,
 * `""` is a text.
 * @throws UsageError with file and line of the row that is refused.
 */
export async function loadRows(
  client: pg.ClientBase,
  { tables, sql }: FileDataset,
  { fileLoader: loader, sqlReading }: FileParts,
): Promise<void> {
  const targets: Target[] = [];
  for (const table of tables) targets.push({ ...table, name: await nameOf(client, table) });
  const keys = await foreignKeysAmong(
    client,
    targets.map(({ name }) => name),
  );
  const { ordered, early } = inOrderOf(
    targets,
    keys,
    (target) => target.format === 'csv' || alike(target).length === 1,
  );
  const { before, after } = loader.postpone(early);
  if (before !== '') await client.query(before);
  for (const target of ordered) await (target.format === 'csv' ? copy(client, target) : insert(client, target));
  if (after !== '')
    await client.query(after).catch((error: unknown) => {
      throw explained(
        error,
        targets.find(({ name }) => (error as pg.DatabaseError).table === tableIn(name)) ?? targets[0]!,
      );
    });
  await loader.moveSequences(
    client,
    targets.map(({ name }) => name),
  );
  for (const file of sql) await runFile(client, file, sqlReading);
}

/** @throws UsageError when there is no such table. */
async function nameOf(client: pg.ClientBase, { table, file }: TableRows): Promise<string> {
  const [schema, name] = table.includes('.')
    ? [table.slice(0, table.indexOf('.')), table.slice(table.indexOf('.') + 1)]
    : [null, table];
  const { rows } = await client.query<{ found: string | null; all: string[] }>(
    `SELECT max(format('%I.%I', n.nspname, c.relname)) FILTER (WHERE c.relname = $2
         AND CASE WHEN $1::text IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = $1 END) AS found,
       coalesce(array_agg(c.oid::regclass::text ORDER BY c.oid::regclass::text COLLATE "C")
         FILTER (WHERE NOT relispartition), '{}') AS all
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'f')
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${resetSchema}')`,
    [schema, name],
  );
  const { found, all } = rows[0]!;
  if (found !== null) return found;
  const some = all.length > 10 ? [...all.slice(0, 10), '…'] : all;
  throw mistake(file, 1, `there is no table ${table}: the schema has ${some.join(', ') || 'none'}.`);
}

async function copy(client: pg.ClientBase, target: Target): Promise<void> {
  const columns = target.columns.map((column) => quoted(column)).join(', ');
  try {
    await pipeline(
      Readable.from([target.text]),
      client.query(
        copyFrom(`COPY ${target.name} (${columns}) FROM STDIN WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')`),
      ),
    );
  } catch (error) {
    throw explained(error, target);
  }
}

/** Rows with equal columns are inserted together; a column that a row does not have gets its default. */
async function insert(client: pg.ClientBase, target: Target): Promise<void> {
  for (const { columns, rows } of alike(target)) {
    const names = columns.map((column) => quoted(column)).join(', ');
    const into =
      columns.length === 0
        ? `INSERT INTO ${target.name} SELECT`
        : `INSERT INTO ${target.name} (${names}) OVERRIDING SYSTEM VALUE SELECT ${names}`;
    const run = (some: readonly { text: string }[]): Promise<unknown> =>
      client.query(`${into} FROM json_populate_recordset(NULL::${target.name}, $1::json)`, [
        `[${some.map(({ text }) => text).join(',')}]`,
      ]);
    await client.query('SAVEPOINT proving_ground_rows');
    try {
      await run(rows);
    } catch (error) {
      await client.query('ROLLBACK TO SAVEPOINT proving_ground_rows');
      for (const row of rows)
        await run([row]).catch((own: unknown) => Promise.reject(explained(own, target, row.line)));
      throw explained(error, target, rows[0]!.line);
    }
    await client.query('RELEASE SAVEPOINT proving_ground_rows');
  }
}

function alike({ rows }: Target): { columns: string[]; rows: TableRows['rows'][number][] }[] {
  const groups: { columns: string[]; rows: TableRows['rows'][number][] }[] = [];
  for (const row of rows) {
    const columns = Object.keys(JSON.parse(row.text) as object).toSorted();
    const last = groups.at(-1);
    if (last !== undefined && last.columns.join('\n') === columns.join('\n')) last.rows.push(row);
    else groups.push({ columns, rows: [row] });
  }
  return groups;
}

function explained(error: unknown, target: Target, line?: number): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  return mistake(target.file, line ?? lineOf(error, target), describeRefusal(error));
}

/** The line that COPY names, or that of the row with the values that a key complains of. */
function lineOf({ where, detail }: pg.DatabaseError, { format, text, columns, rows }: Target): number {
  const copied = /^COPY .*, line (\d+)/m.exec(where ?? '')?.[1];
  if (copied !== undefined) return Number(copied);
  const [, names, values] = /^Key \((.*?)\)=\((.*)\)/.exec(detail ?? '') ?? [];
  if (names === undefined) return 1;
  const [wanted, key] = [values!.split(', '), names.split(', ').map((name) => name.replace(/^"(.*)"$/, '$1'))];
  if (format === 'json')
    return (
      rows.find(({ text: row }) => {
        const parsed = JSON.parse(row) as Record<string, unknown>;
        return key.every((name, index) => String(parsed[name]) === wanted[index]);
      })?.line ?? 1
    );
  const positions = key.map((name) => columns.indexOf(name));
  const found = csvRecords(text).find(
    ({ fields }, index) => index > 0 && positions.every((position, at) => fields[position] === wanted[at]),
  );
  return found?.line ?? 1;
}

/** The last part of a qualified name, without quotes. */
function tableIn(name: string): string {
  return /(?:"((?:[^"]|"")+)"|([^".]+))$/
    .exec(name)!
    .slice(1)
    .find((part) => part !== undefined)!
    .replaceAll('""', '"');
}
