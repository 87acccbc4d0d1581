import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { literal, quoted, type ServerConnection } from '../connection.ts';
import { Maintenance } from '../maintenance.ts';
import { isCached } from '../names.ts';
import type { PreparedDataFolder } from '../server/prepared-data-folder.ts';
import { type CachedTemplate, Generations } from './generations.ts';
import type { TemplateCaching } from './parts.ts';

export { type TemplateCaching, templateCaching } from './parts.ts';

/** Milliseconds after which the templates of another version of this project or of PostgreSQL are removed. */
const oldAge = 7 * 24 * 3_600_000;

/**
 * The folder of the templates that were made with this version of PostgreSQL and of this project, on a server that
 * began as this one does. Removes those of other versions when they are old.
 */
export function templateFolder(cache: string, prepared: PreparedDataFolder, fault: string | undefined): string {
  const key = createHash('sha256')
    .update(JSON.stringify([prepared, sourcesOf(fileURLToPath(new URL('../..', import.meta.url))), fault]))
    .digest('hex')
    .slice(0, 12);
  const name = `postgres-templates-${key}`;
  for (const other of readdirSync(cache).filter((one) => one.startsWith('postgres-templates-') && one !== name))
    if (Date.now() - statSync(path.join(cache, other)).mtimeMs > oldAge)
      rmSync(path.join(cache, other), { recursive: true, force: true });
  return path.join(cache, name);
}

/** What the code that makes templates is recognized by. */
function sourcesOf(folder: string): unknown[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted()
    .map((file) => [path.relative(folder, file), statSync(file).size, statSync(file).mtimeMs]);
}

/** Finds a template that this run or an earlier one has put into the cache. The caller has locked its name. */
export async function findCached(
  maintenance: Maintenance,
  name: string,
  { isFresh }: TemplateCaching,
): Promise<boolean> {
  const cache = maintenance.server.templateCache;
  if (cache === undefined) return false;
  const { rows } = await maintenance.query<{ oid: string }>(
    `SELECT oid::text FROM pg_database WHERE datname = ${literal(name)}`,
  );
  const [found] = rows;
  if (found === undefined) return false;
  if (await new Generations(cache.folder).bring(found.oid, cache.dataFolder, isFresh)) return true;
  await maintenance.drop(name);
  return false;
}

/** Puts a sealed template into the cache, which takes effect when the run ends. */
export async function putIntoCache(maintenance: Maintenance, template: string, name: string): Promise<void> {
  const { dataFolder } = maintenance.server.templateCache!;
  appendFileSync(additionsOf(dataFolder), `${name}\n`);
  await maintenance.query(`ALTER DATABASE ${quoted(template)} RENAME TO ${quoted(name)}`);
}

/** Where workers note what they put into the cache. */
function additionsOf(dataFolder: string): string {
  return `${dataFolder}-templates`;
}

/** What a run adds to the cache, once its server has stopped cleanly. */
export interface Additions {
  publish(): Promise<void>;
}

/**
 * Prepares a server that is about to stop: drops all of it but templates, the oldest of which make room. Returns
 * undefined when the run has made no template for the cache, or tests have changed what databases share.
 */
export async function prepareAdditions(
  server: ServerConnection,
  generation: number,
  caching: TemplateCaching,
): Promise<Additions | undefined> {
  const { folder, dataFolder } = server.templateCache!;
  if (!existsSync(additionsOf(dataFolder))) return undefined;
  await using maintenance = new Maintenance(server, 'proving_ground');
  for (const { name } of await maintenance.owned()) await maintenance.drop(name);
  if ((await caching.leftovers(maintenance)) > 0) return undefined;
  const generations = new Generations(folder);
  const templates = await templatesOn(maintenance, generations.templates(generation));
  const surplus = caching.surplus(templates);
  for (const { name } of surplus) await maintenance.drop(name);
  await maintenance.query('CHECKPOINT');
  const { rows } = await maintenance.query<{ segment: string }>(
    'SELECT pg_walfile_name(pg_current_wal_lsn()) AS segment',
  );
  return {
    async publish() {
      removeLog(dataFolder, rows[0]!.segment);
      await generations.add(
        generation,
        dataFolder,
        templates.filter((template) => !surplus.includes(template)),
      );
    },
  };
}

/** Those of earlier runs first, then those that this run has made. */
async function templatesOn(maintenance: Maintenance, earlier: readonly CachedTemplate[]): Promise<CachedTemplate[]> {
  const { rows } = await maintenance.query<{ name: string; oid: string }>(
    'SELECT datname AS name, oid::text FROM pg_database ORDER BY pg_database.oid',
  );
  const here = rows.filter(({ name }) => isCached(name));
  const known = earlier.filter(({ oid }) => here.some((one) => one.oid === oid));
  const made: CachedTemplate[] = [];
  for (const one of here.filter(({ oid }) => !known.some((template) => template.oid === oid))) {
    const size = await maintenance.query<{ bytes: string }>(`SELECT pg_database_size(${one.oid}::oid) AS bytes`);
    made.push({ ...one, bytes: Number(size.rows[0]!.bytes) });
  }
  return [...known, ...made];
}

/** Removes the write-ahead log but for the segment in which the server has stopped, and what may follow it. */
function removeLog(dataFolder: string, segment: string): void {
  const log = path.join(dataFolder, 'pg_wal');
  const segments = readdirSync(log)
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .toSorted();
  const staying = new Set(segments.filter((name) => name >= segment).slice(0, 3));
  for (const name of segments) if (!staying.has(name)) rmSync(path.join(log, name));
}
