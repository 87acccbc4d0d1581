import { createHash } from 'node:crypto';
import pg from 'pg';
import {
  type Clock,
  fileDataset,
  type NamedDataset,
  ownDataset,
  planDataset,
  type RowsSource,
} from '../datasets/index.ts';
import { UsageError } from '../../lib/usage.ts';
import { connect, connectionOptions, connectionUrl, literal } from './connection.ts';
import type { Loader } from './load.ts';
import { type FileLoader, loadRows } from './load-files.ts';
import type { Maintenance } from './maintenance.ts';
import { cachedTemplate, templateDatabase } from './names.ts';
import { explainRefusal, makeRoles, type RoleMarks } from './preparation/index.ts';
import { prepareReset } from './reset/index.ts';
import type { TestRole } from './test-role.ts';
import { type LoadedSchema, loadSchema, type Schema } from './schema.ts';
import type { SqlReading } from './sql-file.ts';
import { findCached, putIntoCache, type TemplateCaching } from './template-cache/index.ts';

/** Data loaded by code. The name identifies it: change it when `load` changes. */
export interface DatasetFunction {
  readonly name: string;
  /** A function, or the rows, or the path of files that have them: `'./users.csv'`, `'./seed.sql'`, `'./seed/'`. */
  readonly load?: ((client: pg.Client) => Promise<void>) | RowsSource;
  /** Says that equal keys load equal data, so that later runs take the template from the cache. */
  readonly key?: string;
}

/** A database's data: a dataset by name, `performance` with a scale factor, `empty`, a path, or one of your own. */
export type DatasetOption = NamedDataset | (string & {}) | URL | DatasetFunction;

/** What a database contains when a test begins. */
export interface Recipe {
  readonly schema: Schema;
  readonly dataset: DatasetOption;
  /** Whether it can be reset in place; such a database takes twice the space. */
  readonly resettable: boolean;
}

export interface TemplateParts {
  readonly clock: Clock;
  readonly loader: Loader;
  readonly sqlReading: SqlReading;
  readonly roleMarks: RoleMarks;
  readonly fileLoader: FileLoader;
  readonly templateCaching: TemplateCaching;
}

/** Equal for recipes that create equal databases; functions are compared by their source text. */
export function keyOf({ schema, dataset, resettable }: Recipe): string {
  const schemaKey =
    typeof schema === 'object' && 'apply' in schema
      ? [schema.name, schema.apply.toString(), schema.key, schema.prepare]
      : schema;
  const datasetKey =
    typeof dataset === 'object' && 'load' in dataset && typeof dataset.load === 'function'
      ? [dataset.name, String(dataset.load), dataset.key]
      : dataset;
  return JSON.stringify([schemaKey, datasetKey, resettable]);
}

/** A sealed database to clone from. */
export interface Template {
  readonly name: string;
  readonly label: string;
  /** The size of the template, and so of each clone. */
  readonly bytes: number;
}

interface Data {
  readonly label: string;
  readonly content: string;
  /** Whether equal contents are equal data in every run. */
  readonly isReproducible: boolean;
  load(client: pg.Client): Promise<void>;
}

/**
 * Finds a recipe's template on the server, or creates it: schema, data, seal. Workers that want the same template wait
 * for the first and share it, because its name is a hash of the contents.
 * @throws UsageError, with file and line where possible, when schema or dataset are unknown, fail or change anything
 * outside the database; nothing is left then.
 */
export async function findTemplate(
  maintenance: Maintenance,
  run: string,
  recipe: Recipe,
  parts: TemplateParts,
  role: TestRole,
): Promise<Template> {
  const schema = loadSchema(recipe.schema, parts.sqlReading, parts.templateCaching);
  const data = dataOf(recipe.dataset, parts);
  const content = createHash('sha256')
    .update(JSON.stringify([schema.content, data.content, recipe.resettable, maintenance.server.locale]))
    .digest('hex')
    .slice(0, 12);
  const isCacheable = schema.isReproducible && data.isReproducible && maintenance.server.templateCache !== undefined;
  const cached = isCacheable ? cachedTemplate(content) : undefined;
  const name = await findOrMake(maintenance, templateDatabase(run, content), cached, parts, async (made) => {
    await makeRoles(maintenance, run, schema.preparation.roles, parts.roleMarks);
    await make(maintenance, made, recipe.resettable, schema, data, role);
  });
  const { rows } = await maintenance.query<{ bytes: string }>(`SELECT pg_database_size(${literal(name)}) AS bytes`);
  return { name, label: `${schema.label} with ${data.label}`, bytes: Number(rows[0]!.bytes) };
}

/** Returns the template's name: its own, or that in the cache. */
function findOrMake(
  maintenance: Maintenance,
  name: string,
  cached: string | undefined,
  { templateCaching }: TemplateParts,
  makeNow: (name: string) => Promise<void>,
): Promise<string> {
  return maintenance.inSession(async (client) => {
    await client.query(`SELECT pg_advisory_lock(hashtext(${literal(name)}))`);
    try {
      if (cached !== undefined && (await findCached(maintenance, cached, templateCaching))) return cached;
      const { rows } = await client.query<{ sealed: boolean }>(
        `SELECT NOT datallowconn AS sealed FROM pg_database WHERE datname = ${literal(name)}`,
      );
      const [existing] = rows;
      if (existing?.sealed === true) return name;
      if (existing !== undefined) await maintenance.drop(name); // incomplete: its worker was killed
      const start = performance.now();
      await makeNow(name);
      if (cached === undefined || !templateCaching.isWorthwhile(performance.now() - start)) return name;
      await putIntoCache(maintenance, name, cached);
      return cached;
    } finally {
      await client.query(`SELECT pg_advisory_unlock(hashtext(${literal(name)}))`);
    }
  });
}

async function make(
  maintenance: Maintenance,
  name: string,
  resettable: boolean,
  schema: LoadedSchema,
  data: Data,
  role: TestRole,
): Promise<void> {
  const { server } = maintenance;
  await maintenance.create(name);
  try {
    const url = connectionUrl(server, server.testRole, name);
    if (schema.preparation.isNeeded)
      await within(connectionOptions(server, server.admin, name), (client) =>
        schema.preparation.apply(client, server.testRole.user),
      );
    await within(connectionOptions(server, server.testRole, name), (client) =>
      schema.apply(client, url).catch((error: unknown) => explain(error, schema.label)),
    );
    // In a new session, as in tests, because a schema file may change session settings: dumps set an empty search_path.
    await within(connectionOptions(server, server.testRole, name), async (client) => {
      await data.load(client);
      await gatherStatistics(client);
    });
    if (await role.reset())
      throw new UsageError(
        `Schema '${schema.label}' or its data alter the role ${server.testRole.user}, which all databases share: use ALTER DATABASE … SET, which goes with this one.`,
      );
    if (resettable) await within(connectionOptions(server, server.admin, name), prepareReset);
    // The first connection after ANALYZE writes pg_internal.init, a cache of the catalogue that every session needs.
    // Written here, it is part of each clone, and connecting to one takes 2 ms less.
    await within(connectionOptions(server, server.testRole, name), async () => {});
    await maintenance.seal(name);
    await maintenance.disconnect(name);
  } catch (error) {
    await role.reset();
    await maintenance.drop(name);
    throw error;
  }
}

/** An error of a schema's own code, with what to do about it where that is known. */
function explain(error: unknown, schema: string): never {
  const mend = error instanceof pg.DatabaseError ? explainRefusal(error) : undefined;
  throw mend === undefined ? error : new UsageError(`Schema '${schema}': ${(error as Error).message} (${mend}).`);
}

/** Gathers statistics of new tables only, since those of the catalogue come with every database. */
async function gatherStatistics(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ tables: string | null }>(`
    SELECT string_agg(oid::regclass::text, ', ') AS tables FROM pg_class
    WHERE relkind IN ('r', 'p', 'm') AND NOT relispartition AND oid >= 16384 AND relowner = current_user::regrole`);
  const [own] = rows;
  if (own!.tables !== null) await client.query(`ANALYZE ${own!.tables}`);
}

async function within(options: pg.ClientConfig, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = await connect(options);
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function dataOf(dataset: DatasetOption, parts: TemplateParts): Data {
  const own = ownDataset<DatasetFunction>(dataset);
  if (own !== undefined) {
    const { name, load, key } = typeof own === 'string' ? { name: own, load: own, key: undefined } : own;
    if (load === undefined || typeof load === 'function')
      return {
        label: name,
        content: `${name}\n${key}\n${String(load)}`,
        isReproducible: load === undefined || parts.templateCaching.isReproducible(key),
        load: async (client) => load?.(client),
      };
    const rows = fileDataset(load);
    return {
      label: name,
      content: `${name}\n${rows.content}`,
      isReproducible: true,
      async load(client) {
        await client.query('BEGIN');
        await loadRows(client, rows, parts);
        await client.query('COMMIT');
      },
    };
  }
  const { label, content, generate } = planDataset(dataset as NamedDataset);
  return {
    label,
    content,
    isReproducible: true,
    load: async (client) => (content === '' ? undefined : parts.loader.load(client, generate(parts.clock))),
  };
}
