/**
 * Names carry their owner, so that leftovers can be found and dropped by owner:
 *
 *     proving_ground_<run>_w<worker>_<number>     a database of one worker
 *     proving_ground_<run>_template_<content>     a template, shared by the workers of a run
 *     proving_ground_<run>_kept_<number>          a failed test's kept database
 *     proving_ground_cached_<content>             a template that later runs find in the cache; it has no owner
 *
 * Sessions of workers and runs carry the owner's name as `application_name`, which is visible from every database of a
 * server. A worker without a session is dead; a run is dead when neither it nor any of its workers has a session.
 */
const product = 'proving_ground';

export function runOwner(run: string): string {
  return `${product}_${run}`;
}

/** The prefix of the names of a run's workers. */
export function workersOf(owner: Owner): string {
  return `${owner}_w`;
}

export function workerOwner(run: string, worker: number): string {
  return `${workersOf(runOwner(run))}${worker}`;
}

export function workerDatabase(owner: string, number: number): string {
  return `${owner}_${number}`;
}

export function templateDatabase(run: string, content: string): string {
  return `${runOwner(run)}_template_${content}`;
}

export function cachedTemplate(content: string): string {
  return `${product}_cached_${content}`;
}

export function isCached(database: string): boolean {
  return database.startsWith(cachedTemplate(''));
}

/** The name under which a worker's database is kept. */
export function keptDatabase(database: string): string {
  return database.replace(/_w(\d+)_(\d+)$/, '_kept_$1_$2');
}

export type Owner = string;

/** The owner of a database of this name; undefined for other names. */
export function ownerOf(database: string): Owner | undefined {
  return (
    /^(proving_ground_[0-9a-f]{8}_w\d+)_\d+$/.exec(database)?.[1] ??
    /^(proving_ground_[0-9a-f]{8})_(template_[0-9a-f]+|kept_\d+_\d+)$/.exec(database)?.[1]
  );
}

export function isKept(database: string): boolean {
  return ownerOf(database) !== undefined && database.includes('_kept_');
}
