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
import { UsageError } from '../../lib/usage.ts';
import {
  type Administrator,
  type ClickHouseConnection,
  literal,
  quoted,
  type TestRole,
  withClient,
} from './connection.ts';
import type { Loader } from './load.ts';
import { loadRows } from './load-files.ts';
import { settle } from './mutations.ts';
import { readyMark, templateDatabase } from './names.ts';
import { keepStill } from './quiet.ts';
import { whyDenied, whyNotEngine } from './refusals.ts';
import { engines } from './role-policy.ts';
import type { Scripts, Site } from './table-file.ts';
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
  readonly dataset: NamedDataset | (string & {}) | URL | InsertFunction;
}

export interface TemplateParts {
  readonly clock: Clock;
  readonly loader: Loader;
  readonly scripts: Scripts;
}

/** A database that only the administrator can access, and that others are made equal to. */
export interface Template {
  readonly name: string;
  readonly label: string;
}

/**
 * Finds a recipe's template on the server, or creates it. Each worker has its own, so that no worker waits for another.
 * It is created by a user who can touch nothing outside the worker's databases.
 * @throws UsageError when tables or dataset are unknown or fail; nothing is left then.
 */
export async function findTemplate(
  admin: Administrator,
  server: Pick<ClickHouseConnection, 'url'>,
  { database: worker, builder }: Pick<TestRole, 'database' | 'builder'>,
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
  const site = { url: server.url, builder, database: name, keepStill: () => keepStill(admin, name) };
  try {
    await tables.create(parts.scripts, site);
    await refuseForeignEngines(admin, name, tables.label);
    await site.keepStill();
    await data.insert(admin, site);
    await settle(admin, name);
    await admin.run(`CREATE DATABASE ${quoted(readyMark(name))} ENGINE = Atomic`);
    return template;
  } catch (error) {
    await admin.run(`DROP DATABASE IF EXISTS ${quoted(name)} SYNC`);
    const refusal = error instanceof UsageError ? undefined : whyDenied(error);
    throw refusal === undefined ? error : new UsageError(`${template.label}: ${refusal}.`);
  }
}

/** By functions, on servers that grant every engine to every user. */
async function refuseForeignEngines(admin: Administrator, database: string, label: string): Promise<void> {
  const [foreign] = await admin.rows<{ engine: string }>(
    `SELECT engine FROM system.tables WHERE database = ${literal(database)}
      AND engine NOT IN (${engines.map(literal).join(', ')})`,
  );
  if (foreign !== undefined) throw new UsageError(`${label}: ${whyNotEngine(foreign.engine)}.`);
}

interface Data {
  readonly label: string;
  /** Equal for equal rows. */
  readonly content: string;
  insert(admin: Administrator, site: Site): Promise<void>;
}

function dataOf(dataset: Recipe['dataset'], { clock, loader, scripts }: TemplateParts): Data {
  const own = ownDataset<InsertFunction>(dataset);
  if (own !== undefined) {
    const { name, insert } = typeof own === 'string' ? { name: own, insert: own } : own;
    const rows = insert === undefined || typeof insert === 'function' ? undefined : fileDataset(insert);
    return {
      label: name,
      content: `${name}\n${rows?.content ?? (typeof insert === 'function' ? insert.toString() : '')}`,
      insert: async (_, site) => {
        if (rows !== undefined) await loadRows(scripts, site, rows);
        else if (typeof insert === 'function') await withClient(site.url, site.builder, site.database, insert);
      },
    };
  }
  const { label, content, generate } = planDataset(dataset as NamedDataset);
  return {
    label,
    content,
    insert: async (admin, { database }) => (content === '' ? undefined : loader.load(admin, database, generate(clock))),
  };
}

async function exists(admin: Administrator, database: string): Promise<boolean> {
  return (await admin.rows(`SELECT name FROM system.databases WHERE name = ${literal(database)}`)).length > 0;
}
