import { Client } from 'pg';
import { expect, test } from '../../../fixtures/index.ts';
import { connectionUrl, literal, type ServerConnection } from './connection.ts';
import { postgresParts, PostgresWorker } from './index.ts';
import { type SnapshotStore, snapshotStore } from './snapshots.ts';

const wanted = { schema: 'basic', dataset: 'minimal', isolation: 'reset' } as const;

test('writes of a reconnecting server process do not reach a later test', async ({ _postgresServer: server }, {
  workerIndex,
}) => {
  const ways: string[] = [];
  let waiting = true;
  await using worker = await open(
    server,
    workerIndex,
    async (maintenance, current, fresh, aside) => {
      await snapshotStore.swap(maintenance, current, fresh, aside);
      if (waiting)
        await run(
          connectionUrl(server, server.testRole, current),
          "INSERT INTO users (email, display_name) VALUES ('early@example.com', 'Early')",
        );
      waiting = false;
    },
    (way) => ways.push(way),
  );

  const rows: number[] = [];
  for (const change of ['CREATE TABLE made_by_a_test (id int)', 'SELECT', 'SELECT']) {
    const { database, end } = await worker.lease(wanted);
    const [users] = await database.query<{ count: number }>('SELECT count(*)::int AS count FROM users');
    rows.push(users!.count);
    await database.query(change);
    await end({ keep: false });
  }

  expect(rows, 'users that each test found').toEqual([3, 4, 3]);
  expect(ways).toEqual(server.inPlaceReset ? ['strict', 'fast'] : ['strict', 'strict']);
});

// Otherwise the next reset could use a session that has ended without noticing yet.
test('the resetting session ends before its database is replaced', async ({ _postgresServer: server }, {
  workerIndex,
}) => {
  await using worker = await open(server, workerIndex, async (maintenance, current, fresh, aside) => {
    await expect
      .poll(async () => {
        const { rows } = await maintenance.query(
          `SELECT pid FROM pg_stat_activity WHERE datname = ${literal(current)} AND application_name = ${literal(maintenance.owner)}`,
        );
        return rows;
      })
      .toEqual([]);
    await snapshotStore.swap(maintenance, current, fresh, aside);
  });
  const { database, end } = await worker.lease(wanted);
  await database.query('CREATE TABLE made_by_a_test (id int)');
  await database.restore();
  await end({ keep: false });
});

test('a restored snapshot is compared with the state that was kept', async ({ _postgresServer: server }, {
  workerIndex,
}) => {
  await using worker = await open(server, workerIndex, async (maintenance, current, fresh, aside) => {
    await snapshotStore.swap(maintenance, current, fresh, aside);
    await run(connectionUrl(server, server.testRole, current), 'ALTER TABLE users ADD late int');
  });
  const { database, end } = await worker.lease(wanted);
  await database.snapshot('then');
  await expect(database.restore('then')).rejects.toThrow(
    "Restoring snapshot 'then' did not bring back what it was: definitions, sequences or tables' sizes differ.",
  );
  await end({ keep: false });
});

function open(
  server: ServerConnection,
  worker: number,
  swap: SnapshotStore['swap'],
  onReset?: (way: string) => void,
): Promise<PostgresWorker> {
  return PostgresWorker.open({
    server,
    run: (Date.now() % 0xffffffff).toString(16).padStart(8, '0'),
    worker,
    workers: 1,
    parts: { ...postgresParts, snapshotStore: { ...snapshotStore, swap } },
    measure: (name, _, { way = '' }) => (name === 'postgres.reset' ? onReset?.(way) : undefined),
  });
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query(sql);
  await client.end();
}
