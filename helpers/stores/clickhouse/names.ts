/**
 * Names say who owns what, so that it can be swept by owner:
 *
 *     proving_ground_<run>_<secret>_w<slot>            a worker's database; with `_user` behind it the user that may
 *                                                      touch it
 *     …_w<slot>_snapshot_<number>                      a snapshot of it
 *     …_w<slot>_template_<content>                     a template, what it is put back to; with `_ready` behind it an
 *                                                      empty database, which says that the template is complete
 *     proving_ground_<run>_run                         on a server that others use, too: says that the run is alive
 *
 * The secret is for the local engine, which reads a file for whoever inserts it by INFILE: the way to a database's
 * files begins with its name. And a request that names no user whom the engine knows is not answered there.
 *
 * A slot is one of the workers that are at work at the same time (Playwright's `parallelIndex`): who replaces a worker
 * after a failure takes over its database and puts it back.
 */
const product = 'proving_ground';

export function runPrefix(run: string): string {
  return `${product}_${run}_`;
}

export function workerDatabase(run: string, slot: number, secret: string): string {
  return `${runPrefix(run)}${secret}_w${slot}`;
}

/** The user that may touch it; named otherwise, so that the one name is never taken for the other in a definition. */
export function tenantUser(database: string): string {
  return `${database}_user`;
}

export function databaseOf(user: string): string {
  return user.replace(/_user$/, '');
}

export function snapshotDatabase(database: string, number: number): string {
  return `${database}_snapshot_${number}`;
}

export function templateDatabase(database: string, content: string): string {
  return `${database}_template_${content}`;
}

export function readyMark(template: string): string {
  return `${template}_ready`;
}

/** The run that a database or user of this name belongs to; undefined where the name is not one of ours. */
export function runOf(name: string): string | undefined {
  return /^proving_ground_([0-9a-f]{8})_(run|[0-9a-f]{16,18}_w\d+(_user|_snapshot_\d+|_template_[0-9a-f]+(_ready)?)?)$/.exec(
    name,
  )?.[1];
}

export function runDatabase(run: string): string {
  return `${runPrefix(run)}run`;
}
