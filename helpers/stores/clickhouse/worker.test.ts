import { expect, test } from '../../testing/index.ts';
import { Administrator, type ClickHouseConnection } from './connection.ts';
import { clickhouseParts } from './parts.ts';
import { ClickHouseWorker } from './worker.ts';

function workerOf(server: ClickHouseConnection, slot: number): ClickHouseWorker {
  return new ClickHouseWorker({ server, slot, parts: clickhouseParts, measure: () => undefined });
}

test("two workers cannot read, write, list or drop each other's databases", async ({ clickhouseServer }) => {
  await using first = workerOf(clickhouseServer, 0);
  await using second = workerOf(clickhouseServer, 1);
  const leases = await Promise.all(
    [first, second].map((worker) => worker.lease({ tables: 'basic', dataset: 'minimal' })),
  );
  const [ana, ben] = leases.map(({ database }) => database) as [
    (typeof leases)[0]['database'],
    (typeof leases)[0]['database'],
  ];

  await Promise.all(
    [
      [ana, ben],
      [ben, ana],
    ].map(async ([mine, other]) => {
      for (const sql of [
        'SELECT * FROM {other}.users',
        'INSERT INTO {other}.users (id) VALUES (1)',
        'TRUNCATE TABLE {other}.users',
        'DROP TABLE {other}.users',
        'DROP DATABASE {other}',
        'CREATE TABLE {other}.mine (id UInt8) ENGINE = Memory',
      ]) {
        await expect(mine!.client.command({ query: sql.replace('{other}', other!.name) }), sql).rejects.toMatchObject({
          code: '497',
          type: 'ACCESS_DENIED',
        });
      }
      expect(await mine!.query("SHOW DATABASES NOT LIKE 'system'")).toEqual([{ name: mine!.name }]);
      expect(await mine!.query(`SHOW TABLES FROM ${other!.name}`)).toEqual([]);
      expect(await mine!.diff()).toEqual({ tables: [], definitions: [] });
    }),
  );
  for (const lease of leases) await lease.end();
});

test('a worker that replaces a killed one takes over its database and ends its queries', async ({
  clickhouseServer,
}) => {
  const killed = workerOf(clickhouseServer, 0);
  const { database } = await killed.lease({ tables: 'basic', dataset: 'minimal' });
  await database.client.command({ query: 'TRUNCATE TABLE users' });
  const endless = database.client.command({
    query:
      'INSERT INTO users (id) SELECT sleepEachRow(0.1) FROM numbers(600) SETTINGS max_block_size = 1, min_insert_block_size_rows = 1, min_insert_block_size_bytes = 1',
  });
  const ended = expect(endless).rejects.toMatchObject({ type: 'QUERY_WAS_CANCELLED' });
  await expect
    .poll(async () => (await database.query('SELECT count() AS rows FROM users'))[0], { intervals: [10] })
    .not.toEqual({ rows: 0 });

  await using next = workerOf(clickhouseServer, 0);
  const lease = await next.lease({ tables: 'basic', dataset: 'minimal' });
  await ended;
  expect(lease.database.name).toBe(database.name);
  expect(await lease.database.diff()).toEqual({ tables: [], definitions: [] });
  await lease.end();
});

test("a test's cost on the server is counted once", async ({ clickhouseServer }) => {
  await using worker = workerOf(clickhouseServer, 0);
  const first = await worker.lease({ tables: 'basic', dataset: 'minimal' });
  await first.database.insert('users', [{ id: 4 }, { id: 5 }]);
  await first.database.query('SELECT * FROM users');
  const cost = await first.end();
  expect(cost).toMatchObject({ queries: 2, rowsRead: 5 + 2, rowsWritten: 2 }); // an INSERT also counts its rows as read
  expect(Math.min(cost.bytesRead, cost.bytesWritten)).toBeGreaterThan(0);
  const second = await worker.lease({ tables: 'basic', dataset: 'minimal' });
  expect(await second.end()).toEqual({
    queries: 0,
    rowsRead: 0,
    bytesRead: 0,
    rowsWritten: 0,
    bytesWritten: 0,
    systemQueries: 0,
  });
});

test('the cost of an earlier worker is not counted again', async ({ clickhouseServer }) => {
  await using worker = workerOf(clickhouseServer, 0);
  const first = await worker.lease({ tables: 'basic', dataset: 'minimal' });
  await first.database.query('SELECT * FROM users');
  await first.end();
  await using next = workerOf(clickhouseServer, 0);
  const second = await next.lease({ tables: 'basic', dataset: 'minimal' });
  expect(await second.end()).toMatchObject({ queries: 0, rowsRead: 0, bytesRead: 0 });
});

test('an unfinished template is created again', async ({ clickhouseServer }) => {
  await using admin = new Administrator(clickhouseServer);
  await using worker = workerOf(clickhouseServer, 0);
  const { database, end } = await worker.lease({ tables: 'basic', dataset: 'minimal' });
  await end();
  await worker.settle();
  const templates = await admin.rows<{ name: string }>(
    "SELECT name FROM system.databases WHERE name LIKE '%template%' ORDER BY name",
  );
  expect(templates.map(({ name }) => name)).toEqual([
    expect.stringMatching(/_template_[0-9a-f]{12}$/),
    expect.stringMatching(/_ready$/),
  ]);
  await admin.run(`DROP DATABASE ${templates[1]!.name}`);
  await admin.run(`TRUNCATE TABLE ${templates[0]!.name}.users`);

  await using next = workerOf(clickhouseServer, 0);
  const lease = await next.lease({ tables: 'basic', dataset: 'minimal' });
  expect(lease.database.name).toBe(database.name);
  expect(await lease.database.query('SELECT count() AS users FROM users')).toEqual([{ users: 3 }]);
  await lease.end();
});
