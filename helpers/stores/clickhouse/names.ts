/**
 * Names carry their owner, so that leftovers can be found and dropped by owner:
 *
 *     proving_ground_<run>_<secret>_w<slot>            a worker's database; `…_user` is the user with access to it
 *     …_w<slot>_builder                                the user that creates its templates
 *     …_w<slot>_snapshot_<number>                      a snapshot of it
 *     …_w<slot>_template_<content>                     a template that it is reset to; `…_ready` is an empty database
 *                                                      that marks the template as complete
 *     proving_ground_<run>_run                         on a shared server: marks the run as alive
 *
 * The secret protects the local engine's files: an INSERT … FROM INFILE could read them, but their paths begin with the
 * database's name. It also protects the HTTP interface, which answers only requests that name a known user.
 *
 * A slot is one of the workers that run at the same time (Playwright's `parallelIndex`): the worker that replaces
 * another after a failure takes over its database and resets it.
 */
const product = 'proving_ground';

export function runPrefix(run: string): string {
  return `${product}_${run}_`;
}

export function workerDatabase(run: string, slot: number, secret: string): string {
  return `${runPrefix(run)}${secret}_w${slot}`;
}

/** The user with access to the database. The suffix keeps the two names apart in definitions. */
export function testUser(database: string): string {
  return `${database}_user`;
}

/** The user that creates the database's templates. As long as `_user`, modulo three: see `withSecret`. */
export function builderOf(database: string): string {
  return `${database}_builder`;
}

/** The worker's database that this database, a template or a snapshot perhaps, belongs to. */
export function ownerOf(database: string): string {
  return database.replace(/_(snapshot|template)_\w+$/, '');
}

/** Our own users, in SQL. */
export const ownUsers = new RegExp(`\\b${product}_[0-9a-f]{8}_[0-9a-f]{16,18}_w\\d+_(user|builder)\\b`, 'g');

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

const additions = 'user|builder|snapshot_\\d+|template_[0-9a-f]+(?:_ready)?';
const ownName = new RegExp(`^${product}_([0-9a-f]{8})_(?:run|[0-9a-f]{16,18}_w\\d+(?:_(?:${additions}))?)$`);

/** The run that a database or user of this name belongs to; undefined for other names. */
export function runOf(name: string): string | undefined {
  return ownName.exec(name)?.[1];
}

export function runDatabase(run: string): string {
  return `${runPrefix(run)}run`;
}
