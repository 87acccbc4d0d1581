import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { UsageError } from '../../lib/usage.ts';
import { checkNotEmpty, contentOf, readSql } from '../migrations/index.ts';
import { nothingAt, type Place, placeIn } from '../places.ts';
import { withClient } from './connection.ts';
import { runFile, type Scripts, type Site } from './table-file.ts';

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
export type Tables = TableSetName | (string & {}) | URL | TablesFunction;

/**
 * The same tables with an absolute path.
 * @param folder that of the file that says it.
 * @throws UsageError when nothing is there.
 */
export function placeTables(tables: Tables, folder: string): Tables {
  return (typeof tables === 'string' || tables instanceof URL) && !isBuiltIn(tables) ? placed(tables, folder) : tables;
}

function isBuiltIn(tables: Place): tables is TableSetName {
  return (tableSetNames as readonly unknown[]).includes(tables);
}

function placed(tables: Place, folder: string): string {
  const place = placeIn(folder, tables);
  if (existsSync(place)) return place;
  throw new UsageError(
    `Unknown tables '${String(tables)}': they are none of ${tableSetNames.join(', ')}, and ${nothingAt(folder, String(tables))}.`,
  );
}

export interface LoadedTables {
  readonly label: string;
  /** Everything that the tables are made of: equal contents create equal databases. */
  readonly content: string;
  /** @throws UsageError naming file and line of a failing statement. */
  create(scripts: Scripts, site: Site): Promise<void>;
}

/** @throws UsageError when there are no such tables. */
export function loadTables(tables: Tables): LoadedTables {
  if (typeof tables === 'object' && 'create' in tables) {
    return {
      label: tables.name,
      content: `${tables.name}\n${tables.create.toString()}`,
      create: (_, { url, builder, database }) => withClient(url, builder, database, (client) => tables.create(client)),
    };
  }
  const place = isBuiltIn(tables)
    ? fileURLToPath(new URL(`tables/${tables}.sql`, import.meta.url))
    : placed(tables, process.cwd());
  const files = readSql(place) ?? [];
  checkNotEmpty(files, `The set of tables '${String(tables)}'`, place);
  return {
    label: String(tables),
    content: contentOf(files),
    async create(scripts, site) {
      for (const file of files) await runFile(scripts, site, file);
    },
  };
}
