import { Client, type Pool } from 'pg';
import { expect, test } from '../../../fixtures/index.ts';
import type { PostgresDatabase } from '../../../helpers/stores/postgres/index.ts';
import { dropEverything } from './drop-everything.ts';

// Each test here looks for traces of all others, then leaves its own. So each proves its isolation from the tests
// before it in the same worker, and from those in parallel workers.

const litter: Record<string, (postgres: PostgresDatabase) => Promise<unknown>> = {
  rows: (postgres) =>
    postgres.query("INSERT INTO users (id, email, display_name) VALUES (1000, 'taken@example.com', 'Taken')"),
  'changed rows': (postgres) => postgres.query("UPDATE users SET display_name = 'Changed'"),
  'deleted rows': (postgres) => postgres.query('DELETE FROM messages'),
  'an open transaction': async ({ pool }) => {
    const client = await pool.connect(); // never released
    await client.query('BEGIN');
    await client.query("UPDATE users SET display_name = 'Uncommitted'; LOCK TABLE messages");
  },
  'an advisory lock': ({ pool }) => pool.query('SELECT pg_advisory_lock(42)'),
  'a setting of the session': ({ pool }) => pool.query("SET search_path = 'nowhere'; SET statement_timeout = '10s'"),
  'a prepared statement': ({ pool }) => pool.query('PREPARE litter AS SELECT 1'),
  'a temporary table that hides a real one': ({ pool }) => pool.query('CREATE TEMP TABLE users (id int)'),
  'a LISTEN': ({ pool }) => pool.query('LISTEN litter'),
  'a dropped schema': ({ pool }) => pool.query(dropEverything),
  'an altered table': ({ pool }) => pool.query('ALTER TABLE users DROP COLUMN display_name, ADD COLUMN other int'),
  'a sequence that went on': ({ pool }) => pool.query("SELECT setval('users_id_seq', 9000)"),
  'a large object': ({ pool }) => pool.query("SELECT lo_from_bytea(777, 'litter')"),
  'a setting of the database': ({ pool, name }) => pool.query(`ALTER DATABASE "${name}" SET work_mem = '1MB'`),
  'an advisory lock of another process': async ({ url }) => {
    const client = await connectTo(url); // never ended
    await client.query('SELECT pg_advisory_lock(42)');
  },
  'an alteration of the database itself': ({ pool, name }) =>
    pool.query(
      `ALTER DATABASE "${name}" CONNECTION LIMIT 7; COMMENT ON DATABASE "${name}" IS 'litter'; GRANT CONNECT ON DATABASE "${name}" TO PUBLIC`,
    ),
  'connections up to the limit': ({ url }) => exhaustConnections(url),
};

for (const isolation of ['database', 'reset'] as const) {
  test.describe(`isolation '${isolation}'`, () => {
    test.use({ isolation });

    for (const [what, leave] of Object.entries(litter)) {
      test(`a test finds a pristine database and leaves ${what}`, async ({ postgres }) => {
        await expectPristine(postgres);
        await leave(postgres);
      });
    }
  });
}

test.describe("isolation 'rollback'", () => {
  test.use({ isolation: 'rollback' });

  for (const what of [
    'rows',
    'changed rows',
    'deleted rows',
    'a dropped schema',
    'an altered table',
    'a sequence that went on',
    'a setting of the session',
    'a temporary table that hides a real one',
  ]) {
    test(`a test finds a pristine database and leaves ${what}`, async ({ postgres }) => {
      await expectPristine(postgres);
      await litter[what]!(postgres);
    });
  }

  test('a test finds a pristine database and commits', async ({ postgres }) => {
    await expectPristine(postgres);
    await postgres.query('BEGIN');
    await postgres.query("INSERT INTO users (id, email, display_name) VALUES (1000, 'taken@example.com', 'Taken')");
    await postgres.query('COMMIT');
    await expect(postgres).toHaveRow('users', { id: 1000 });
  });
});

test.describe('parallel workers', () => {
  for (let writer = 1; writer <= 8; writer++) {
    test(`parallel writer ${writer} uses the same keys as the other writers`, async ({ postgres }) => {
      for (let id = 100; id < 150; id++) {
        await postgres.query('INSERT INTO users (id, email, display_name) VALUES ($1, $2, $3)', [
          id,
          `${id}@example.com`,
          `writer ${writer}`,
        ]);
      }
      expect(await postgres.query('SELECT DISTINCT display_name FROM users WHERE id >= 100')).toEqual([
        { display_name: `writer ${writer}` },
      ]);
      await expect(postgres).toHaveRows('users', 53);
    });
  }
});

async function expectPristine(postgres: PostgresDatabase): Promise<void> {
  const { pool } = postgres;
  const [session] = await postgres.query(
    "SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout, current_setting('work_mem') AS memory",
  );
  expect(session, 'settings').toEqual({ path: '"$user", public', timeout: '0', memory: '4MB' });
  expect(await names(pool, 'SELECT name FROM pg_prepared_statements'), 'prepared statements').toEqual([]);
  expect(
    await names(pool, 'SELECT channel AS name FROM pg_listening_channels() AS channel'),
    'channels listened to',
  ).toEqual([]);
  expect(
    await names(pool, "SELECT relname AS name FROM pg_class WHERE relpersistence = 't'"),
    'temporary tables',
  ).toEqual([]);
  expect(
    await names(
      pool,
      "SELECT objid::text AS name FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    ),
    'advisory locks',
  ).toEqual([]);
  expect(
    await postgres.query(
      "SELECT datconnlimit AS limit, datacl AS privileges, shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = current_database()",
    ),
    'the database itself',
  ).toEqual([{ limit: 40, privileges: null, comment: null }]);
  const [key] = await postgres.query(
    "INSERT INTO users (email, display_name) VALUES ('taken@example.com', 'Mine') RETURNING id",
  );
  expect(key, 'the first key that is handed out').toEqual({ id: '4' });
  await pool.query('DELETE FROM users WHERE id = 4');
  await pool.query("SELECT setval('users_id_seq', 3)");
  await expect(postgres, 'the whole database').toBeUnchanged();
}

/** A connection outside the test's pool, which is ended after the test. */
async function connectTo(url: string): Promise<Client> {
  const client = new Client(url);
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function names(pool: Pool, sql: string): Promise<string[]> {
  return (await pool.query<{ name: string }>(sql)).rows.map(({ name }) => name);
}

/** Opens connections until the server refuses one, and leaves them open. A superuser is exempt from the limit. */
async function exhaustConnections(url: string): Promise<void> {
  for (let opened = 0; opened < 45; opened++) {
    const refusal = await connectTo(url).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal === undefined) continue;
    expect(refusal).toMatchObject({ code: '53300' });
    return;
  }
  const client = await connectTo(url);
  const { rows } = await client.query("SELECT current_setting('is_superuser') AS superuser");
  await client.end();
  expect(rows, 'the server refuses no connection').toEqual([{ superuser: 'on' }]);
}
