import { createHash } from 'node:crypto';
import pg from 'pg';
import { EnvironmentUnavailable, messageOf } from '../../../lib/environment.ts';
import { UsageError } from '../../../lib/usage.ts';
import { hasSqlState } from '../../../lib/pg.ts';
import { literal, quoted } from '../connection.ts';
import type { Maintenance } from '../maintenance.ts';
import { runOwner } from '../names.ts';
import type { OwnerCheck } from '../sweep.ts';
import type { Named } from './named.ts';

/** A role of this project: its comment says how it was made, and which runs use it. */
interface Mark {
  /** A hash, because options may have a password, and everybody reads comments. */
  readonly options: string;
  readonly runs: readonly string[];
}

/** How roles are told apart that runs have made: by a comment, which is in the catalogue that all databases share. */
export interface RoleMarks {
  read(comment: string | null): Mark | undefined;
  write(mark: Mark): string;
  /** SQL that removes a role that no run needs any more. */
  drop(name: string): string;
}

export const roleMarks: RoleMarks = {
  read(comment) {
    const [, options, runs] =
      /^proving_ground ([0-9a-f]{12}) ([0-9a-f]{8}(?:,[0-9a-f]{8})*)$/.exec(comment ?? '') ?? [];
    return options === undefined ? undefined : { options, runs: runs!.split(',') };
  },
  write: ({ options, runs }) => `proving_ground ${options} ${runs.join(',')}`,
  drop: (name) => `DROP ROLE ${quoted(name)}`,
};

/**
 * Makes the roles that a schema needs, once for a run, under their own names. Workers and runs that want the same role
 * at the same time share it. A role that was there before stays as it is.
 * @throws UsageError when another schema has made it otherwise, EnvironmentUnavailable when the administrator may not
 * make roles.
 */
export async function makeRoles(
  maintenance: Maintenance,
  run: string,
  roles: readonly Named[],
  marks: RoleMarks,
): Promise<void> {
  for (const role of roles)
    await underLock(maintenance, role.name, (client) => make(maintenance, client, run, role, marks));
}

async function make(
  { server }: Maintenance,
  client: pg.PoolClient,
  run: string,
  { name, options }: Named,
  marks: RoleMarks,
): Promise<void> {
  const wanted = createHash('sha256').update(options).digest('hex').slice(0, 12);
  const found = await find(client, name);
  const mark = marks.read(found?.comment ?? null);
  if (mark !== undefined && mark.options !== wanted)
    throw new UsageError(
      `Role ${name} is wanted with other options than another schema has made it with: ` +
        'roles belong to the whole server, so use the same in both.',
    );
  const runs = new Set([...(mark?.runs ?? []), run]);
  const comment = `COMMENT ON ROLE ${quoted(name)} IS ${literal(marks.write({ options: wanted, runs: [...runs] }))}`;
  if (found === undefined) {
    // Sent as one string, they are one transaction: no role is left without its comment.
    await send([`CREATE ROLE ${quoted(name)} ${options}`, grant(name, server), comment]);
  } else if (mark !== undefined) {
    if (!mark.runs.includes(run)) await send([grant(name, server), comment]);
  } else if (server.owned) {
    await send([grant(name, server)]); // of the image, on the run's own server
  }

  async function send(statements: readonly string[]): Promise<void> {
    await client.query(statements.join('; ')).catch((error: unknown) => explain(error, name, server));
  }
}

/** So that the test role acts as this one. On the run's own server it does not get the role's rights by itself. */
function grant(name: string, { owned, testRole, version }: Maintenance['server']): string {
  const sql = `GRANT ${quoted(name)} TO ${quoted(testRole.user)}`;
  if (owned) return version >= 160_000 ? `${sql} WITH INHERIT FALSE, SET TRUE` : sql;
  // Who creates a role, and is no superuser, has to grant it. Up to 15 that is also what allows to drop it.
  const how = version >= 160_000 ? '' : ' WITH ADMIN OPTION';
  return `DO $do$ BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ${sql}${how}; END IF;
  END $do$`;
}

function explain(error: unknown, name: string, { host, port, admin }: Maintenance['server']): never {
  if (hasSqlState(error, '42501'))
    throw new EnvironmentUnavailable(
      `PostgreSQL at ${host}:${port} does not let ${admin.user} make the role ${name} (${messageOf(error)}): ` +
        `run ALTER ROLE ${quoted(admin.user)} CREATEROLE there, or make the role yourself.`,
    );
  if (error instanceof pg.DatabaseError) throw new UsageError(`Role ${name} cannot be made: ${error.message}.`);
  throw error;
}

/** Removes the roles that only this run uses, at its end. One that a kept database needs is left to a sweep. */
export function releaseRoles(maintenance: Maintenance, run: string, marks: RoleMarks = roleMarks): Promise<string[]> {
  return withdraw(maintenance, marks, (user) => Promise.resolve(user === run));
}

/** Removes the roles of runs that are gone, and no others; returns their names. */
export function sweepRoles(
  maintenance: Maintenance,
  { isGone }: OwnerCheck,
  marks: RoleMarks = roleMarks,
): Promise<string[]> {
  return withdraw(maintenance, marks, async (user) => {
    const owner = runOwner(user);
    return owner !== maintenance.owner && (await isGone(maintenance, owner));
  });
}

async function withdraw(
  maintenance: Maintenance,
  marks: RoleMarks,
  leaves: (run: string) => Promise<boolean>,
): Promise<string[]> {
  const { rows } = await maintenance.query<{ name: string }>(`
    SELECT rolname AS name FROM pg_roles r
    WHERE starts_with(shobj_description(oid, 'pg_authid'), 'proving_ground ')
      AND pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')`);
  const dropped: string[] = [];
  for (const { name } of rows)
    await underLock(maintenance, name, async (client) => {
      const mark = marks.read((await find(client, name))?.comment ?? null);
      if (mark === undefined) return;
      const stay: string[] = [];
      for (const run of mark.runs) if (!(await leaves(run))) stay.push(run);
      if (stay.length === mark.runs.length) return;
      if (stay.length > 0) {
        await client.query(`COMMENT ON ROLE ${quoted(name)} IS ${literal(marks.write({ ...mark, runs: stay }))}`);
        return;
      }
      await client.query(marks.drop(name)).then(
        () => dropped.push(name),
        (error: unknown) => {
          if (!hasSqlState(error, dependent)) throw error;
        },
      );
    });
  return dropped;
}

/** A database that is kept still names the role. */
const dependent = '2BP01';

async function find(client: pg.PoolClient, name: string): Promise<{ comment: string | null } | undefined> {
  const { rows } = await client.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname = ${literal(name)}`,
  );
  return rows[0];
}

/** One worker or run at a time makes or removes a role. */
function underLock(
  maintenance: Maintenance,
  role: string,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const key = `hashtext(${literal(`proving_ground role ${role}`)})`;
  return maintenance.inSession(async (client) => {
    await client.query(`SELECT pg_advisory_lock(${key})`);
    try {
      await work(client);
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${key})`);
    }
  });
}
