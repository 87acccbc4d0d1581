import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import { UsageError } from '../../lib/usage.ts';
import { checkNotEmpty, contentOf, readSql, type SqlFile } from '../migrations/index.ts';
import { firstSentence } from './connection.ts';

export const tableSetNames = ['basic', 'events', 'metrics'] as const;
export type TableSetName = (typeof tableSetNames)[number];

/** Tables created by code. The name identifies them: change it when `create` changes. */
export interface TablesFunction {
  readonly name: string;
  create(client: ClickHouseClient): Promise<void>;
}

/**
 * What a database is created with: a built-in set by name, an SQL file or a folder of migrations by path, or a
 * function.
 */
export type Tables = TableSetName | (string & {}) | TablesFunction;

export interface LoadedTables {
  readonly label: string;
  /** Everything that the tables are made of: equal contents create equal databases. */
  readonly content: string;
  /** @throws UsageError naming file and line of a failing statement. */
  create(client: ClickHouseClient): Promise<void>;
}

/** @throws UsageError when there are no such tables. */
export function loadTables(tables: Tables): LoadedTables {
  if (typeof tables !== 'string') {
    return {
      label: tables.name,
      content: `${tables.name}\n${tables.create.toString()}`,
      create: (client) => tables.create(client),
    };
  }
  const builtIn = (tableSetNames as readonly string[]).includes(tables);
  const place = builtIn ? fileURLToPath(new URL(`tables/${tables}.sql`, import.meta.url)) : path.resolve(tables);
  const files = readSql(place);
  if (files === undefined)
    throw new UsageError(
      `Unknown tables '${tables}': they are none of ${tableSetNames.join(', ')}, and there is no file or folder ${place}.`,
    );
  checkNotEmpty(files, `The set of tables '${tables}'`, place);
  return {
    label: tables,
    content: contentOf(files),
    async create(client) {
      for (const file of files) await runFile(client, file);
    },
  };
}

/** @throws UsageError naming file and line of a failing statement. */
export async function runFile(client: ClickHouseClient, { path: file, text }: SqlFile): Promise<void> {
  for (const { sql, line } of statements(text)) {
    try {
      await client.command({ query: sql });
    } catch (error) {
      if (!(error instanceof ClickHouseError)) throw error;
      throw new UsageError(`${path.relative(process.cwd(), file)}:${line}: ${firstSentence(error)}.`, {
        file,
        line,
        column: 1,
      });
    }
  }
}

interface Statement {
  readonly sql: string;
  readonly line: number;
}

/** Matches quoted text, identifiers and comments first, so that a semicolon inside them ends no statement. */
const token = /'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|--[^\n]*|\/\*[\s\S]*?\*\/|;/g;

/** A file's statements, each with its first line's number. */
export function statements(text: string): Statement[] {
  const result: Statement[] = [];
  let start = 0;
  const add = (end: number): void => {
    const part = text.slice(start, end);
    const code = part.replace(token, (found) => (/^(--|\/\*)/.test(found) ? found.replace(/[^\n]/g, ' ') : found));
    const lead = code.length - code.trimStart().length;
    if (code.trim() !== '')
      result.push({ sql: part.slice(lead).trim(), line: text.slice(0, start + lead).split('\n').length });
    start = end + 1;
  };
  for (const { 0: found, index } of text.matchAll(token)) if (found === ';') add(index);
  add(text.length);
  return result;
}
