/**
 * Names say who owns what, so that it can be swept by owner:
 *
 *     proving_ground_<run>_w<worker>_<number>     a database of one worker
 *     proving_ground_<run>_template_<content>     a template, shared by the workers of a run
 *     proving_ground_<run>_kept_<number>          a failed test's database, kept to be looked at
 *
 * A worker's and a run's own sessions carry the owner's name as their `application_name`, which every database of a
 * server can see: an owner without a session is gone, for a run: without one of its workers' sessions, too.
 */
const product = 'proving_ground';

export function runOwner(run: string): string {
  return `${product}_${run}`;
}

/** What the names of a run's workers begin with. */
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

/** The name under which a worker's database is kept. */
export function keptDatabase(database: string): string {
  return database.replace(/_w(\d+)_(\d+)$/, '_kept_$1_$2');
}

export type Owner = string;

/** Who owns a database of this name; undefined where the name is not one of ours. */
export function ownerOf(database: string): Owner | undefined {
  return (
    /^(proving_ground_[0-9a-f]{8}_w\d+)_\d+$/.exec(database)?.[1] ??
    /^(proving_ground_[0-9a-f]{8})_(template_[0-9a-f]+|kept_\d+_\d+)$/.exec(database)?.[1]
  );
}

export function isKept(database: string): boolean {
  return ownerOf(database) !== undefined && database.includes('_kept_');
}
