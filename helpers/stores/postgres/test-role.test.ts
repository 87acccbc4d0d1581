import type pg from 'pg';
import { expect, test } from '../../testing/index.ts';
import { connect } from './connection.ts';
import { postgresParts, PostgresWorker } from './index.ts';

const wanted = { schema: 'basic', dataset: 'minimal', isolation: 'database' } as const;

// On a server of this test's own, because until its reset such a change affects all tests.
test("a test's changes to the shared role are undone", async ({ server }) => {
  await using worker = await PostgresWorker.open({
    server,
    run: '0badcafe',
    worker: 0,
    workers: 1,
    parts: postgresParts,
    measure: () => undefined,
  });
  const first = await worker.lease(wanted);
  await first.database.query(
    'ALTER ROLE CURRENT_USER SET search_path = nowhere, "$user"; ALTER ROLE CURRENT_USER SET work_mem = \'1MB\'',
  );
  await first.database.query("ALTER ROLE CURRENT_USER PASSWORD 'changed by a test'");
  await first.end({ keep: false });

  const second = await worker.lease(wanted);
  const client = await connect({ connectionString: second.database.url });
  try {
    for (const session of [client, second.database.pool]) {
      const { rows } = await session.query(
        "SELECT current_setting('search_path') AS path, current_setting('work_mem') AS memory",
      );
      expect(rows).toEqual([{ path: '"$user", public', memory: '4MB' }]);
    }
  } finally {
    await client.end();
  }
  await second.end({ keep: false });
});

test("the role's earlier settings survive, lists of names included", async ({ server }) => {
  const { database, user } = { database: server.maintenanceDatabase, user: server.testRole.user };
  const admin = await connect({ host: server.host, port: server.port, database, ...server.admin });
  try {
    await admin.query(
      `ALTER ROLE ${user} SET search_path = 'a b', "$user", public; ALTER ROLE ${user} SET application_name = 'it''s, mine'`,
    );
    const settings = async (): Promise<unknown> => (await admin.query('SELECT setconfig FROM pg_db_role_setting')).rows;
    const before = await settings();
    await using worker = await PostgresWorker.open({
      server: { ...server, owned: false },
      run: '0badcafe',
      worker: 0,
      workers: 1,
      parts: postgresParts,
      measure: () => undefined,
    });
    const lease = await worker.lease(wanted);
    await lease.database.query(
      "ALTER ROLE CURRENT_USER SET search_path = nowhere; ALTER ROLE CURRENT_USER SET timezone = 'Asia/Tokyo'",
    );
    await lease.end({ keep: false });
    expect(await settings()).toEqual(before);
  } finally {
    await admin.end();
  }
});

test('a schema that alters the role is refused without effect', async ({ server }) => {
  await using worker = await PostgresWorker.open({
    server,
    run: '0badcafe',
    worker: 0,
    workers: 1,
    parts: postgresParts,
    measure: () => undefined,
  });
  const schema = {
    name: 'far reaching',
    apply: async (client: pg.Client) => void (await client.query("ALTER ROLE CURRENT_USER SET work_mem = '1MB'")),
  };
  await expect(worker.lease({ ...wanted, dataset: 'empty', schema })).rejects.toThrow(
    `Schema 'far reaching' or its data alter the role ${server.testRole.user}, which all databases share: use ALTER DATABASE … SET, which goes with this one.`,
  );
  const { database, end } = await worker.lease(wanted);
  expect(
    await database.query(
      "SELECT current_setting('work_mem') AS memory, (SELECT count(*)::int FROM pg_database WHERE datname ~ '_template_') AS templates",
    ),
  ).toEqual([{ memory: '4MB', templates: 1 }]);
  await end({ keep: false });
});
