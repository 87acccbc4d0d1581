import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { quoted, type ServerConnection } from '../connection.ts';
import { Maintenance } from '../maintenance.ts';
import { isCached } from '../names.ts';
import { type CachedTemplate, Generations } from './generations.ts';
import type { TemplateCaching } from './parts.ts';

/** Puts a sealed template into the cache, which takes effect when the run ends. */
export async function putIntoCache(maintenance: Maintenance, template: string, name: string): Promise<void> {
  const { dataFolder } = maintenance.server.templateCache!;
  writeFileSync(markOf(dataFolder), '');
  await maintenance.query(`ALTER DATABASE ${quoted(template)} RENAME TO ${quoted(name)}`);
}

/** A file that is there when a worker has put something into the cache. */
function markOf(dataFolder: string): string {
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
  if (!existsSync(markOf(dataFolder))) return undefined;
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
