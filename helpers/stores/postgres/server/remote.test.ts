import { connect, connectionOptions, quoted } from '../connection.ts';
import { expect, imports, test } from '../../../testing/index.ts';

const dead = [
  'proving_ground_deadbeef_w0_1',
  'proving_ground_deadbeef_template_0123456789ab',
  'proving_ground_deadbeef_kept_0_1',
];
const living = [
  'proving_ground_0badcafe_w3_1',
  'proving_ground_0badcafe_template_0123456789ab',
  'proving_ground_0badcafe_kept_0_1',
];
const strangers = ['proving_ground_backup', 'proving_ground_12345678_mine'];

test("a run on a remote server leaves nothing there and drops only dead runs' databases", async ({
  runInlineTest,
  server,
  root,
}) => {
  const admin = await connect(connectionOptions(server, server.admin, 'postgres'));
  const neighbour = await connect({
    ...connectionOptions(server, server.admin, 'postgres'),
    application_name: 'proving_ground_0badcafe_w3',
  });
  try {
    for (const name of [...dead, ...living, ...strangers])
      await admin.query(`CREATE DATABASE ${quoted(name)} STRATEGY file_copy`);

    const { exitCode, output } = await runInlineTest(
      {
        'a.spec.ts': `${imports}
      test('one database', async ({ postgres }) => {
        await postgres.snapshot('before');
        await postgres.query('DELETE FROM users');
        await postgres.restore('before');
        await expect(postgres).toHaveRows('users', 3);
      });
      test('sessions in the name of the run and of its worker, whatever name the URL gives', async ({ postgres }) => {
        const rows = await postgres.query("SELECT DISTINCT regexp_replace(application_name, '[0-9a-f]{8}', 'run') AS name FROM pg_stat_activity WHERE application_name LIKE 'proving_ground_%' AND application_name NOT LIKE '%badcafe%' ORDER BY 1");
        expect(rows.map(({ name }) => name)).toEqual(['proving_ground_run', 'proving_ground_run_w0']);
      });
      test.describe(() => {
        test.use({ isolation: 'reset' });
        for (const turn of [1, 2]) test('the same database, turn ' + turn, async ({ postgres }) => {
          await expect(postgres).toHaveRows('users', 3);
          await postgres.query('DELETE FROM users');
        });
      });
    `,
      },
      {
        env: {
          TARGET: 'remote',
          TEST_POSTGRES_URL: `postgresql://${server.admin.user}:${server.admin.password}@${server.host}:${server.port}/postgres?application_name=ci`,
        },
      },
    );

    expect(output).toContain('4 passed');
    expect(exitCode).toBe(0);
    const { rows: databases } = await admin.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database WHERE datname LIKE 'proving%' ORDER BY 1",
    );
    expect(databases.map(({ name }) => name)).toEqual([...living, ...strangers].toSorted());
    const { rows: sessions } = await admin.query<{ name: string }>(
      "SELECT application_name AS name FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    expect(sessions).toEqual([{ name: 'proving_ground_0badcafe_w3' }]);
    expect(root.leftovers()).toEqual([]);
  } finally {
    await Promise.all([admin.end(), neighbour.end()]);
  }
});
