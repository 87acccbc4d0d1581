import { expect, test } from '../../testing/index.ts';
import type { ServerConnection } from './index.ts';
import { Maintenance } from './maintenance.ts';
import { isKept, ownerOf, runOwner, workerOwner } from './names.ts';
import { dropRun, ownership, sweepDatabases } from './sweep.ts';

const [mine, living, dead] = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'].map((run) => ({
  run,
  worker: `proving_ground_${run}_w0_1`,
  template: `proving_ground_${run}_template_0123456789ab`,
  kept: `proving_ground_${run}_kept_0_1`,
})) as [Names, Names, Names];

interface Names {
  readonly run: string;
  readonly worker: string;
  readonly template: string;
  readonly kept: string;
}

/** Names that resemble this project's databases but do not belong to it. */
const strangers = [
  'proving_ground',
  'proving_ground_backup',
  'proving_ground_12345678_mine',
  'proving_ground_12345678_w0',
  'my_proving_ground_12345678_w0_1',
];

test("a database's name says its owner", () => {
  expect(ownerOf('proving_ground_0badcafe_w12_345')).toBe('proving_ground_0badcafe_w12');
  expect(ownerOf('proving_ground_0badcafe_template_0123456789ab')).toBe('proving_ground_0badcafe');
  expect(ownerOf('proving_ground_0badcafe_kept_12_345')).toBe('proving_ground_0badcafe');
  for (const name of [
    ...strangers,
    'PROVING_GROUND_0badcafe_w0_1',
    'proving_ground_0badcafe_w0_1_copy',
    'proving_ground_kept_0_1',
  ])
    expect(ownerOf(name), name).toBeUndefined();
  expect([mine.worker, mine.template, mine.kept, 'proving_ground_kept_0_1'].map(isKept)).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

test.describe('sweeping', () => {
  test('a sweep drops only what dead runs left', async ({ server }) => {
    await using maintenance = await openMaintenance(server, runOwner(mine.run));
    // A run without a session of its own is alive as long as one of its workers is.
    await using neighbour = await openMaintenance(server, workerOwner(living.run, 0));
    await create(neighbour, ...namesOf(living));
    await create(maintenance, ...namesOf(mine), ...namesOf(dead), ...strangers);

    const dropped = await sweepDatabases(maintenance, ownership, { runs: true });

    // This run has no worker with a session, so its worker's database is a leftover.
    expect(dropped.toSorted()).toEqual([mine.worker, ...namesOf(dead)].toSorted());
    expect(await databases(maintenance)).toEqual(
      [mine.template, mine.kept, ...namesOf(living), ...strangers].toSorted(),
    );
  });

  test("a worker's sweep leaves runs alone", async ({ server }) => {
    await using maintenance = await openMaintenance(server, workerOwner(mine.run, 1));
    await create(maintenance, ...namesOf(mine), ...namesOf(dead));
    expect((await sweepDatabases(maintenance, ownership, { runs: false })).toSorted()).toEqual([
      mine.worker,
      dead.worker,
    ]);
  });

  test('two sweeps at once do the same as one', async ({ server }) => {
    await using one = await openMaintenance(server, runOwner(mine.run));
    await using other = await openMaintenance(server, runOwner(living.run));
    await create(one, ...namesOf(dead));
    await Promise.all([one, other].map((maintenance) => sweepDatabases(maintenance, ownership, { runs: true })));
    expect(await databases(one)).toEqual([]);
  });

  test("a sweep skips another role's databases", async ({ server }) => {
    await using admin = await openMaintenance(server, runOwner(living.run));
    await create(admin, dead.worker);
    await admin.query(`ALTER DATABASE ${dead.worker} OWNER TO postgres`);
    await using testRole = await openMaintenance({ ...server, admin: server.testRole }, runOwner(mine.run));
    expect(await sweepDatabases(testRole, ownership, { runs: true })).toEqual([]);
    expect(await databases(admin)).toEqual([dead.worker]);
  });
});

test('a run ends without its databases, except kept ones', async ({ server }) => {
  await using maintenance = await openMaintenance(server, runOwner(mine.run));
  await create(maintenance, ...namesOf(mine), ...namesOf(dead), ...strangers);
  await dropRun(maintenance, mine.run);
  expect(await databases(maintenance)).toEqual([mine.kept, ...namesOf(dead), ...strangers].toSorted());
});

/** The first query opens the session that marks the owner as alive. */
async function openMaintenance(server: ServerConnection, owner: string): Promise<Maintenance> {
  const maintenance = new Maintenance(server, owner);
  await maintenance.query('SELECT 1');
  return maintenance;
}

function namesOf({ worker, template, kept }: Names): string[] {
  return [worker, template, kept];
}

async function create(maintenance: Maintenance, ...names: string[]): Promise<void> {
  for (const name of names) await maintenance.clone('template1', name);
}

/** All but PostgreSQL's own. */
async function databases(maintenance: Maintenance): Promise<string[]> {
  const { rows } = await maintenance.query<{ name: string }>(
    "SELECT datname AS name FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')",
  );
  return rows.map(({ name }) => name).toSorted();
}
