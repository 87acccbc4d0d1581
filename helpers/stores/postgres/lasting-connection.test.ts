import type pg from 'pg';
import { expect, test } from '../../../fixtures/index.ts';
import type { PostgresDatabase, PostgresWorker } from './index.ts';

const wanted = { schema: 'basic', dataset: 'minimal', purpose: 'connections' } as const;

/** Lends a worker's database, and returns the session's pid and what `use` returns. */
async function during<T>(
  worker: PostgresWorker,
  isolation: 'reset' | 'rollback',
  use: (postgres: PostgresDatabase) => Promise<T>,
): Promise<{ pid: number; result: T }> {
  const { database, end } = await worker.lease({ ...wanted, isolation });
  try {
    const [session] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return { pid: session!.pid, result: await use(database) };
  } finally {
    await end({ keep: false });
  }
}

const pids = async (
  worker: PostgresWorker,
  isolation: 'reset' | 'rollback',
  leave: (postgres: PostgresDatabase) => Promise<unknown>,
) => {
  const { pid } = await during(worker, isolation, leave);
  return [pid, (await during(worker, isolation, async () => {})).pid];
};

for (const isolation of ['reset', 'rollback'] as const) {
  test(`the next test has the same connection (isolation '${isolation}')`, async ({ _postgresWorker: worker }) => {
    const [before, after] = await pids(worker, isolation, (postgres) =>
      postgres.query("INSERT INTO users (email, display_name) VALUES ('a@example.com', 'A'); SET work_mem = '1MB'"),
    );
    expect(after).toBe(before);
  });
}

const traces: Record<string, (postgres: PostgresDatabase) => Promise<unknown>> = {
  'a setting of its own': ({ pool }) => pool.query("SELECT set_config('app.tenant', 'a', false)"),
  'a statement that its client has prepared': ({ pool }) => pool.query({ name: 'one', text: 'SELECT 1' }),
  'a client that reads a type in its own way': async ({ pool }) => {
    const client = await pool.connect();
    client.setTypeParser(23, () => 'changed');
    client.release();
  },
  'a client with a changed method': async ({ pool }) => {
    const client = await pool.connect();
    client.query = () => Promise.reject(new Error('changed'));
    client.release();
  },
  'an open transaction on a released client': async ({ pool }) => {
    const client = await pool.connect();
    await client.query('BEGIN');
    client.release();
  },
  'a client that was not released': ({ pool }) => pool.connect(),
  'a changed definition': ({ pool }) => pool.query('ALTER TABLE users ADD COLUMN more int'),
};

for (const [what, leave] of Object.entries(traces)) {
  test(`the next test has another connection after ${what}`, async ({ _postgresWorker: worker }) => {
    const [before, after] = await pids(worker, 'reset', leave);
    expect(after).not.toBe(before);
  });
}

test('what a test has done to its connection is undone', async ({ _postgresWorker: worker }) => {
  await during(worker, 'reset', async ({ pool }) => {
    const client = await pool.connect();
    client.on('notice', () => expect(true, 'a listener of another test').toBe(false));
    await client.query("SELECT setseed(0.5), nextval('users_id_seq'); CREATE TEMP TABLE mine (); LISTEN news");
    client.release();
  });
  await during(worker, 'reset', async (postgres) => {
    await postgres.query("DO $$ BEGIN RAISE NOTICE 'said'; END $$");
    await expect(postgres.query("SELECT currval('users_id_seq')")).rejects.toThrow('not yet defined in this session');
  });
});

test("a client of a test that has ended reaches no other test's database", async ({ _postgresWorker: worker }) => {
  const { result: client } = await during(worker, 'reset', async ({ pool }) => {
    const taken: pg.PoolClient = await pool.connect();
    taken.release();
    return taken;
  });
  expect(() => client.query('SELECT 1')).toThrow('This client belongs to a test that has ended.');
});

test('a role that was changed has new connections', async ({ _postgresWorker: worker }) => {
  const [before, after] = await pids(worker, 'reset', (postgres) =>
    postgres.query("ALTER ROLE CURRENT_USER SET work_mem = '1MB'"),
  );
  expect(after).not.toBe(before);
});

for (const isolation of ['reset', 'rollback'] as const) {
  test(`a test may end its pool (isolation '${isolation}')`, async ({ _postgresWorker: worker }) => {
    await during(worker, isolation, ({ pool }) => pool.end());
    const { result } = await during(worker, isolation, (postgres) => postgres.query('SELECT 1 AS one'));
    expect(result).toEqual([{ one: 1 }]);
  });

  test(`a test may begin to end its pool, and keep a client of it (isolation '${isolation}')`, async ({
    _postgresWorker: worker,
  }) => {
    await during(worker, isolation, async ({ pool }) => {
      await pool.connect();
      void pool.end();
    });
    const { result } = await during(worker, isolation, (postgres) => postgres.query('SELECT 1 AS one'));
    expect(result).toEqual([{ one: 1 }]);
  });
}
