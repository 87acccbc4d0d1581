import { createHash } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import {
  type Clock,
  fileDataset,
  type NamedDataset,
  ownDataset,
  planDataset,
  type RowsSource,
} from '../datasets/index.ts';
import { type Administrator, type ClickHouseConnection, connect, literal, quoted } from './connection.ts';
import type { Loader } from './load.ts';
import { loadRows } from './load-files.ts';
import { waitForMutations } from './mutations.ts';
import { readyMark, templateDatabase } from './names.ts';
import { loadTables, type Tables } from './tables.ts';

/** Data inserted by code. The name identifies it: change it when `insert` changes. */
export interface InsertFunction {
  readonly name: string;
  /** A function, or the rows, or the path of files that have them. */
  readonly insert?: ((client: ClickHouseClient) => Promise<void>) | RowsSource;
}

/** What a database contains when a test begins. */
export interface Recipe {
  readonly tables: Tables;
  readonly dataset: NamedDataset | (string & {}) | InsertFunction;
}

export interface TemplateParts {
  readonly clock: Clock;
  readonly loader: Loader;
}

/** A database that only the administrator can access, and that others are made equal to. */
export interface Template {
  readonly name: string;
  readonly label: string;
}

/**
 * Finds a recipe's template on the server, or creates it. Each worker has its own, so that no worker waits for another.
 * @throws UsageError when tables or dataset are unknown or fail; nothing is left then.
 */
export async function findTemplate(
  admin: Administrator,
  server: ClickHouseConnection,
  worker: string,
  recipe: Recipe,
  parts: TemplateParts,
): Promise<Template> {
  const tables = loadTables(recipe.tables);
  const data = dataOf(recipe.dataset, parts);
  const content = createHash('sha256')
    .update(JSON.stringify([tables.content, data.content]))
    .digest('hex')
    .slice(0, 12);
  const name = templateDatabase(worker, content);
  const template = { name, label: `${tables.label} with ${data.label}` };
  if (await exists(admin, readyMark(name))) return template;
  await admin.run(`DROP DATABASE IF EXISTS ${quoted(name)} SYNC`); // incomplete: its worker was killed
  await admin.run(`CREATE DATABASE ${quoted(name)} ENGINE = Atomic`);
  try {
    await withClient(server, name, (client) => tables.create(client));
    await data.insert(admin, server, name);
    await waitForMutations(admin, name);
    await admin.run(`CREATE DATABASE ${quoted(readyMark(name))} ENGINE = Atomic`);
    return template;
  } catch (error) {
    await admin.run(`DROP DATABASE IF EXISTS ${quoted(name)} SYNC`);
    throw error;
  }
}

interface Data {
  readonly label: string;
  /** Equal for equal rows. */
  readonly content: string;
  insert(admin: Administrator, server: ClickHouseConnection, database: string): Promise<void>;
}

function dataOf(dataset: Recipe['dataset'], { clock, loader }: TemplateParts): Data {
  const own = ownDataset<InsertFunction>(dataset);
  if (own !== undefined) {
    const { name, insert } = typeof own === 'string' ? { name: own, insert: own } : own;
    const rows = insert === undefined || typeof insert === 'function' ? undefined : fileDataset(insert);
    return {
      label: name,
      content: `${name}\n${rows?.content ?? (typeof insert === 'function' ? insert.toString() : '')}`,
      insert: (_, server, database) =>
        withClient(server, database, async (client) => {
          if (rows !== undefined) await loadRows(client, database, rows);
          else if (typeof insert === 'function') await insert(client);
        }),
    };
  }
  const { label, content, generate } = planDataset(dataset as NamedDataset);
  return {
    label,
    content,
    insert: async (admin, _, database) => (content === '' ? undefined : loader.load(admin, database, generate(clock))),
  };
}

async function exists(admin: Administrator, database: string): Promise<boolean> {
  return (await admin.rows(`SELECT name FROM system.databases WHERE name = ${literal(database)}`)).length > 0;
}

async function withClient(
  server: ClickHouseConnection,
  database: string,
  work: (client: ClickHouseClient) => Promise<void>,
): Promise<void> {
  const client = connect(server.url, server.admin, database);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}
