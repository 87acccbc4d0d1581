import { connect, connectionOptions, quoted } from '../connection.ts';
import type { ServerConnection } from '../index.ts';
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

for (const { who, attributes } of [
  { who: 'a superuser', attributes: 'SUPERUSER' },
  { who: 'who may create roles', attributes: 'CREATEDB CREATEROLE' },
])
  test(`a run leaves no role on a remote server, and touches none that was there (as ${who})`, async ({
    runInlineTest,
    server,
  }) => {
    const admin = await connect(connectionOptions(server, server.admin, 'postgres'));
    try {
      const mark = "COMMENT ON ROLE dead_app IS 'proving_ground e3b0c44298fc deadbeef'";
      await admin.query(`CREATE ROLE ci LOGIN PASSWORD 'secret of ci' ${attributes}`);
      await admin.query('SET ROLE ci; CREATE ROLE dead_app; RESET ROLE; CREATE ROLE customer CONNECTION LIMIT 7');
      await admin.query(`${mark}; GRANT customer TO ci`);
      const { exitCode, output } = await runInlineTest(
        {
          'a.spec.ts': `${imports}
          test.use({
            dataset: 'empty',
            schema: {
              name: 'policies',
              apply: async (client) => void (await client.query('CREATE TABLE notes AS SELECT 1 AS id; GRANT SELECT ON notes TO app, customer')),
              prepare: { roles: ['app', 'customer LOGIN'], extensions: ['hstore'] },
            },
          });
          for (const role of ['app', 'customer']) test(role, async ({ postgres }) => {
            expect(await postgres.as(role).query('SELECT current_user::text AS name, id FROM notes')).toEqual([{ name: role, id: 1 }]);
            await postgres.admin.query('DELETE FROM notes');
          });
        `,
        },
        { env: { TARGET: 'remote', TEST_POSTGRES_URL: remoteUrl(server, 'ci', 'secret of ci') } },
      );
      expect(output).toContain('2 passed');
      expect(exitCode).toBe(0);
      const { rows } = await admin.query<{ name: string }>(
        "SELECT rolname AS name, rolcanlogin AS login, rolconnlimit AS connections FROM pg_roles WHERE oid >= 16384 AND rolname NOT LIKE 'proving%' ORDER BY 1",
      );
      expect(rows).toEqual([
        { name: 'ci', login: true, connections: -1 },
        { name: 'customer', login: false, connections: 7 },
      ]);
    } finally {
      await admin.end();
    }
  });

function remoteUrl({ host, port }: ServerConnection, user: string, password: string): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/postgres`;
}
