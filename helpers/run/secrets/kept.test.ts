import { connect, connectionOptions } from '../../stores/postgres/connection.ts';
import { expect, imports, test } from '../../testing/index.ts';

test('the address of a kept database does not show a password that is a common word', async ({
  server,
  runInlineTest,
}) => {
  const admin = await connect(connectionOptions(server, server.admin, 'postgres'));
  await admin.query("CREATE ROLE ana LOGIN CREATEDB PASSWORD 'ana'");
  await admin.end();
  const {
    tests: [failed],
  } = await runInlineTest(
    {
      'a.spec.ts': `${imports} test('one', async ({ postgres }) => { await expect(postgres).toHaveRows('users', 99); });`,
    },
    {
      env: {
        TARGET: 'remote',
        TEST_POSTGRES_HOST: server.host,
        TEST_POSTGRES_PORT: String(server.port),
        TEST_POSTGRES_USER: 'ana',
        TEST_POSTGRES_PASSWORD: 'ana',
      },
    },
  );
  expect(failed!.texts['database kept']).toMatch(
    /^postgresql:\/\/ana:\*\*\*@\S+_kept_\S+\nIt stays there until the next run starts; its password is that of TEST_POSTGRES_PASSWORD\.$/,
  );
});
