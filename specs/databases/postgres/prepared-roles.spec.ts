import { randomBytes } from 'node:crypto';
import { expect, test } from '../../../fixtures/index.ts';
import type { ServerConnection } from '../../../helpers/stores/postgres/index.ts';
import { Maintenance } from '../../../helpers/stores/postgres/maintenance.ts';
import { workerOwner } from '../../../helpers/stores/postgres/names.ts';
import { makeRoles, releaseRoles, sweepRoles } from '../../../helpers/stores/postgres/preparation/index.ts';
import { ownership } from '../../../helpers/stores/postgres/sweep.ts';

// Roles belong to the whole server, and so to several runs. Here two runs are played on one server.

const aRun = () => randomBytes(4).toString('hex');
const aRole = (options = '') => ({ name: `Role ${aRun()}`, options });

test('a role that was there before is left as it is', async ({ _postgresServer: server, _parts }) => {
  const { roleMarks } = _parts.postgres;
  const [run, role] = [aRun(), aRole()];
  await using maintenance = await open(server, run);
  await maintenance.query(`CREATE ROLE "${role.name}" CREATEDB CONNECTION LIMIT 7`);
  const state = `SELECT rolcreatedb, rolconnlimit, shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = '${role.name}'`;
  const { rows: before } = await maintenance.query(state);

  await makeRoles(maintenance, run, [role], roleMarks);
  expect((await maintenance.query(state)).rows).toEqual(before);
  await releaseRoles(maintenance, run, roleMarks);
  expect((await maintenance.query(state)).rows).toEqual(before);
  await maintenance.query(`DROP ROLE "${role.name}"`);
});

test('a role goes with the last run that uses it', async ({ _postgresServer: server, _parts }) => {
  const { roleMarks } = _parts.postgres;
  const [one, other, role] = [aRun(), aRun(), aRole()];
  await using maintenance = await open(server, one);
  await using neighbour = await open(server, other);
  await makeRoles(maintenance, one, [role], roleMarks);
  await makeRoles(neighbour, other, [role], roleMarks);
  await releaseRoles(maintenance, one, roleMarks);
  expect(await exists(maintenance, role.name), 'while the other run uses it').toBe(true);
  expect(await releaseRoles(maintenance, other, roleMarks)).toEqual([role.name]);
  expect(await exists(maintenance, role.name), 'after both runs').toBe(false);
});

test("a killed run's roles are swept, and a live run's stay", async ({
  _postgresServer: server,
  _postgresWorker,
  _parts,
}) => {
  const { roleMarks } = _parts.postgres;
  await _postgresWorker.sweep(); // its session marks the run of this test itself as alive
  const [dead, living, shared] = [aRole(), aRole(), aRole()];
  const [gone, alive] = [aRun(), aRun()];
  await using maintenance = new Maintenance(server, 'spec');
  await using neighbour = await open(server, alive);
  await makeRoles(maintenance, gone, [dead, shared], roleMarks);
  await makeRoles(neighbour, alive, [living, shared], roleMarks);

  await sweepRoles(maintenance, ownership, roleMarks);

  expect(await exists(maintenance, dead.name)).toBe(false);
  expect(await exists(maintenance, living.name)).toBe(true);
  expect(await exists(maintenance, shared.name)).toBe(true);
  expect((await releaseRoles(maintenance, alive, roleMarks)).toSorted()).toEqual([living.name, shared.name].toSorted());
});

test('a role that a kept database names stays until that is dropped', async ({ _postgresServer: server, _parts }) => {
  const { roleMarks } = _parts.postgres;
  const [run, role] = [aRun(), aRole()];
  await using maintenance = await open(server, run);
  const kept = `proving_ground_${run}_kept_0_1`;
  await makeRoles(maintenance, run, [role], roleMarks);
  await maintenance.query(`CREATE DATABASE "${kept}"`);
  await maintenance.query(`GRANT CONNECT ON DATABASE "${kept}" TO "${role.name}"`);
  expect(await releaseRoles(maintenance, run, roleMarks)).toEqual([]);
  expect(await exists(maintenance, role.name)).toBe(true);
  await maintenance.drop(kept);
  expect(await releaseRoles(maintenance, run, roleMarks)).toEqual([role.name]);
});

test('workers that want a role at the same time share it', async ({ _postgresServer: server, _parts }) => {
  const { roleMarks } = _parts.postgres;
  const [run, role] = [aRun(), aRole('NOINHERIT')];
  await using maintenance = await open(server, run);
  await using other = await open(server, run);
  await Promise.all(
    [maintenance, other, maintenance, other].map((worker) => makeRoles(worker, run, [role], roleMarks)),
  );
  expect(await exists(maintenance, role.name)).toBe(true);
  await expect(makeRoles(maintenance, run, [{ ...role, options: 'LOGIN' }], roleMarks)).rejects.toThrow(
    `Role ${role.name} is wanted with other options than another schema has made it with`,
  );
  expect(await releaseRoles(maintenance, run, roleMarks)).toEqual([role.name]);
});

/** The session marks the run as alive, so that no sweep, here or in another worker, takes its roles. */
async function open(server: ServerConnection, run: string): Promise<Maintenance> {
  const maintenance = new Maintenance(server, workerOwner(run, 0));
  await maintenance.query('SELECT 1');
  return maintenance;
}

async function exists(maintenance: Maintenance, role: string): Promise<boolean> {
  const { rowCount } = await maintenance.query(`SELECT FROM pg_roles WHERE rolname = '${role}'`);
  return rowCount === 1;
}
