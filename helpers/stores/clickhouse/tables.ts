import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { UsageError } from '../../lib/usage.ts';
import { checkNotEmpty, contentOf, readSql } from '../migrations/index.ts';
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
export type Tables = TableSetName | (string & {}) | TablesFunction;

export interface LoadedTables {
  readonly label: string;
  /** Everything that the tables are made of: equal contents create equal databases. */
  readonly content: string;
  /** @throws UsageError naming file and line of a failing statement. */
  create(scripts: Scripts, site: Site): Promise<void>;
}

/** @throws UsageError when there are no such tables. */
export function loadTables(tables: Tables): LoadedTables {
  if (typeof tables !== 'string') {
    return {
      label: tables.name,
      content: `${tables.name}\n${tables.create.toString()}`,
      create: (_, { url, builder, database }) => withClient(url, builder, database, (client) => tables.create(client)),
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
    async create(scripts, site) {
      for (const file of files) await runFile(scripts, site, file);
    },
  };
}
