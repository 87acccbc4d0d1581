import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeOld } from '../../../lib/cache.ts';
import { filesIn } from '../../../lib/files.ts';
import { literal } from '../connection.ts';
import type { Maintenance } from '../maintenance.ts';
import type { PreparedDataFolder } from '../server/prepared-data-folder.ts';
import { Generations } from './generations.ts';
import type { TemplateCaching } from './parts.ts';

export { prepareAdditions, putIntoCache } from './additions.ts';
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
  removeOld(cache, (other) => other.startsWith('postgres-templates-') && other !== name, oldAge);
  return path.join(cache, name);
}

/** What the code that makes templates is recognized by. */
function sourcesOf(folder: string): unknown[] {
  return filesIn(folder)
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
