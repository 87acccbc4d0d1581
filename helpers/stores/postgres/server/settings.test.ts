import { readConfiguration } from '../../../run/configuration/index.ts';
import { expect, imports, test } from '../../../testing/index.ts';
import { checkPostgres } from './index.ts';

test("the server has the user's settings, and its databases the user's locale", async ({ runInlineTest, root }) => {
  const { exitCode, output } = await runInlineTest(
    {
      'a.spec.ts': `${imports}
      test('settings', async ({ postgres }) => {
        expect(await postgres.admin.query("SELECT current_setting('wal_level') AS level, current_setting('shared_preload_libraries') AS libraries")).toEqual([{ level: 'logical', libraries: 'pg_stat_statements' }]);
        expect(await postgres.query("SELECT text FROM (VALUES ('z'), ('ä'), ('A'), ('a')) t(text) ORDER BY text")).toEqual(['a', 'A', 'ä', 'z'].map((text) => ({ text })));
        await postgres.query("BEGIN; DELETE FROM users; PREPARE TRANSACTION 'later'");
        await expect(postgres).toHaveRows('users', 3);
        await postgres.query("COMMIT PREPARED 'later'");
        await expect(postgres).toHaveRows('users', 0);
      });
      test.describe(() => {
        test.use({ isolation: 'reset', schema: { path: 'basic', prepare: { extensions: ['pg_stat_statements'] } } });
        for (const turn of [1, 2]) test('replication, turn ' + turn, async ({ postgres }) => {
          await postgres.admin.query("SELECT pg_create_logical_replication_slot('changes', 'test_decoding')");
          await postgres.query('DELETE FROM messages WHERE id = 1');
          const changes = await postgres.admin.query("SELECT data FROM pg_logical_slot_get_changes('changes', NULL, NULL)");
          expect(changes.map(({ data }) => data).join('\\\\n')).toContain('table public.messages: DELETE: id[bigint]:1');
          expect(await postgres.admin.query("SELECT sum(calls) > 0 AS counted FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())")).toEqual([{ counted: true }]);
        });
      });
    `,
    },
    {
      env: {
        TEST_POSTGRES_SETTINGS:
          'wal_level = logical; max_prepared_transactions = 5; shared_preload_libraries = pg_stat_statements',
        TEST_POSTGRES_LOCALE: 'icu:de-DE',
      },
    },
  );
  expect(output).toContain('3 passed');
  expect(exitCode).toBe(0);
  expect(root.leftovers()).toEqual([]);
});

test('a remote server without the settings that are wanted is reported in one sentence', async ({ server }) => {
  const { admin, host, port } = server;
  const configuration = (settings: string) =>
    readConfiguration({
      TARGET: 'remote',
      TEST_POSTGRES_URL: `postgresql://${admin.user}:${admin.password}@${host}:${port}/postgres`,
      TEST_POSTGRES_SETTINGS: settings,
    });
  await expect(checkPostgres(configuration('wal_level=logical'))).rejects.toThrow(
    expect.objectContaining({
      name: 'Environment unavailable',
      message: `PostgreSQL at ${host}:${port} has wal_level = minimal, and TEST_POSTGRES_SETTINGS wants logical: set it there.`,
    }),
  );
  await checkPostgres(configuration('wal_level=minimal; jit = OFF'));
});

test('malformed settings are reported in one sentence', () => {
  for (const [settings, expected] of [
    ['wal_level', 'expected name = value; name = value'],
    ['port=5', 'expected none of port, listen_addresses'],
  ] as const)
    expect(() => readConfiguration({ TEST_POSTGRES_SETTINGS: settings })).toThrow(expected);
});
