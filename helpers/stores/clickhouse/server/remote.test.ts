import { expect, test } from '../../../testing/index.ts';
import { Administrator } from '../connection.ts';
import { runDatabase, snapshotDatabase, templateDatabase, workerDatabase } from '../names.ts';
import { rolePolicy } from '../role-policy.ts';
import { announce, dropRun, sweepRuns } from './remote.ts';

const dead = '0badcafe';
const living = '0ddba11a';

async function databases(admin: Administrator): Promise<string[]> {
  return (
    await admin.rows<{ name: string }>(
      "SELECT name FROM system.databases WHERE startsWith(name, 'proving') ORDER BY name",
    )
  ).map(({ name }) => name);
}

test('a sweep on a shared server drops only what dead runs left', async ({ clickhouseServer }) => {
  await using admin = new Administrator(clickhouseServer);
  const backup = 'proving_ground_backup';
  for (const run of [dead, living]) {
    const worker = workerDatabase(run, 0, 'c0ffee00c0ffee00');
    for (const name of [worker, snapshotDatabase(worker, 1), templateDatabase(worker, 'abc123')])
      await admin.run(`CREATE DATABASE ${name}`);
  }
  await admin.run(`CREATE DATABASE ${backup}`);
  await announce(admin, dead);
  // Older than any run's longest silence.
  await admin.run(`TRUNCATE TABLE ${runDatabase(dead)}.signs`);
  await admin.run(`ALTER DATABASE ${runDatabase(dead)} MODIFY COMMENT '1'`);
  await announce(admin, living);

  await sweepRuns(admin);
  const left = await databases(admin);
  expect(left.filter((name) => name.includes(dead))).toEqual([]);
  expect(left.filter((name) => name.includes(living))).toHaveLength(4);
  expect(left).toContain(backup);

  await dropRun(admin, living);
  expect(await databases(admin)).toEqual([backup]);
});

test('the statements that create a test role and its builder are well-formed', async ({ clickhouseServer }) => {
  await using admin = new Administrator(clickhouseServer);
  const database = 'proving_ground_0badcafe_w0';
  for (const statement of [
    ...[...rolePolicy.grants(database), ...rolePolicy.builderGrants(database)].map(
      (grant) => `${grant} TO ${database}`,
    ),
    `REVOKE CREATE ROW POLICY, ALTER ROW POLICY, DROP ROW POLICY ON ${database}*.* FROM ${database}`,
  ]) {
    expect(await admin.rows(`SELECT formatQuerySingleLine('${statement}') AS sql`)).toEqual([
      { sql: expect.stringMatching(/^(GRANT .* TO|REVOKE .* FROM) proving_ground_0badcafe_w0$/) },
    ]);
  }
});
