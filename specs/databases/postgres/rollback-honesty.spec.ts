import type { PoolClient } from 'pg';
import { expect, test } from '../../../fixtures/index.ts';
import type { PostgresDatabase } from '../../../helpers/stores/postgres/index.ts';

// With isolation 'rollback' what the test calls a transaction is a part of one that is never committed.
test.use({
  isolation: 'rollback',
  dataset: 'empty',
  schema: {
    name: 'deferred',
    apply: async (client) =>
      void (await client.query(`
        CREATE TABLE parents (id int PRIMARY KEY);
        CREATE TABLE children (id int, parent int CONSTRAINT born REFERENCES parents DEFERRABLE INITIALLY DEFERRED,
          other int CONSTRAINT kin REFERENCES parents DEFERRABLE);
        CREATE TABLE journal (line text);
        CREATE FUNCTION write_journal() RETURNS trigger LANGUAGE plpgsql
          AS $$ BEGIN INSERT INTO journal VALUES ('told at the end'); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER told AFTER INSERT ON parents DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION write_journal();
        INSERT INTO parents VALUES (1); SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM journal;`)),
  },
});

/** Runs `work` on a client that is released at the end. */
async function withClient<T>({ pool }: PostgresDatabase, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

const orphan = 'INSERT INTO children VALUES (1, 7)';
const violation = { code: '23503', constraint: 'born' };

test.describe('deferred constraints', () => {
  test('are checked by COMMIT, which then undoes the transaction', async ({ postgres }) => {
    await withClient(postgres, async (client) => {
      await client.query('BEGIN');
      await client.query(orphan);
      await expect(client.query('COMMIT')).rejects.toMatchObject(violation);
    });
    await expect(postgres).toHaveRows('children', 0);
  });

  test('may be broken until COMMIT, again and again', async ({ postgres }) => {
    for (const id of [7, 8]) {
      await postgres.query('BEGIN');
      await postgres.query('INSERT INTO children VALUES ($1, $1)', [id]);
      await postgres.query('INSERT INTO parents VALUES ($1)', [id]);
      await postgres.query('COMMIT');
    }
    await expect(postgres).toHaveRows('children', 2);
  });

  test('are checked after a statement that is no part of a transaction', async ({ postgres }) => {
    await expect(postgres.query(orphan)).rejects.toMatchObject(violation);
    await expect(postgres.query(`BEGIN; ${orphan}; COMMIT`)).rejects.toMatchObject(violation);
    await expect(postgres).toHaveRows('children', 0);
  });

  test('made in a transaction are deferred in it', async ({ postgres }) => {
    await postgres.query('INSERT INTO parents VALUES (2)');
    await postgres.query('BEGIN');
    await postgres.query('CREATE TABLE later (parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED)');
    await postgres.query('INSERT INTO later VALUES (9)');
    await postgres.query('INSERT INTO parents VALUES (9)');
    await postgres.query('COMMIT');
    await expect(postgres).toHaveRows('later', 1);
  });

  test('deferred in one transaction are immediate in the next', async ({ postgres }) => {
    await postgres.query('BEGIN; SET CONSTRAINTS kin DEFERRED; INSERT INTO children VALUES (1, 1, 7)');
    await expect(postgres.query('COMMIT')).rejects.toMatchObject({ code: '23503', constraint: 'kin' });
    await postgres.query('BEGIN');
    await expect(postgres.query('INSERT INTO children VALUES (1, 1, 7)')).rejects.toMatchObject({ constraint: 'kin' });
    await postgres.query('ROLLBACK');
  });

  test('run their triggers at COMMIT, whose writes stay', async ({ postgres }) => {
    await postgres.query('BEGIN; INSERT INTO parents VALUES (2)');
    await expect(postgres).toHaveRows('journal', 0);
    await postgres.query('COMMIT');
    await expect(postgres).toHaveRows('journal', 1);
  });

  test('are checked within a savepoint when that is asked for', async ({ postgres }) => {
    await postgres.query('BEGIN');
    await postgres.query(`SAVEPOINT mine; ${orphan}`);
    await expect(postgres.query('SET CONSTRAINTS ALL IMMEDIATE')).rejects.toMatchObject(violation);
    await postgres.query('ROLLBACK TO mine');
    await postgres.query('COMMIT');
    await expect(postgres).toHaveRows('children', 0);
  });
});

test.describe('deferred constraints that a test adds', () => {
  test.use({
    schema: {
      name: 'none yet',
      apply: async (client) => void (await client.query('CREATE TABLE parents (id int PRIMARY KEY)')),
    },
  });
  const add = 'CREATE TABLE later (parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED)';
  const broken = { code: '23503' };

  test('are checked after each of its later statements', async ({ postgres }) => {
    await postgres.query(add);
    await expect(postgres.query('INSERT INTO later VALUES (9)')).rejects.toMatchObject(broken);
    await expect(postgres).toHaveRows('later', 0);
  });

  test('are checked at the end of what adds them', async ({ postgres }) => {
    await expect(postgres.query(`${add}; INSERT INTO later VALUES (9)`)).rejects.toMatchObject(broken);
    await postgres.query('BEGIN');
    await postgres.query(add);
    await postgres.query('INSERT INTO later VALUES (9)');
    await expect(postgres.query('COMMIT')).rejects.toMatchObject(broken);
  });
});

test('COMMIT after a failed statement undoes the transaction', async ({ postgres }) => {
  await withClient(postgres, async (client) => {
    await client.query("BEGIN; INSERT INTO journal VALUES ('gone')");
    await expect(client.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
    expect(await client.query('COMMIT')).toMatchObject({ command: 'ROLLBACK' });
  });
  await expect(postgres).toHaveRows('journal', 0);
});

const level = async (postgres: PostgresDatabase): Promise<unknown> =>
  (await postgres.query('SHOW transaction_isolation'))[0];

test.describe('isolation levels', () => {
  for (const [asked, found] of [
    ['BEGIN', 'read committed'],
    ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'serializable'],
    ['START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE', 'repeatable read'],
    ['BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'serializable'],
    ["SET default_transaction_isolation = 'repeatable read'; BEGIN", 'repeatable read'],
    ['BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT AND CHAIN', 'serializable'],
    ['BEGIN ISOLATION LEVEL SERIALIZABLE; ROLLBACK; BEGIN', 'read committed'],
  ] as const) {
    test(`hold: ${asked}`, async ({ postgres }) => {
      for (const statement of asked.split('; ')) await postgres.query(statement);
      expect(await level(postgres)).toEqual({ transaction_isolation: found });
      await postgres.query('INSERT INTO journal VALUES (1); COMMIT');
      await expect(postgres).toHaveRows('journal', 1);
    });
  }

  test('hold after a transaction that was undone', async ({ postgres }) => {
    await postgres.query('SET search_path = public, pg_temp');
    await postgres.query("BEGIN; INSERT INTO journal VALUES ('gone'); ROLLBACK");
    await postgres.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
    expect(await level(postgres)).toEqual({ transaction_isolation: 'serializable' });
    await postgres.query('COMMIT');
    expect(await postgres.query('SHOW search_path')).toEqual([{ search_path: 'public, pg_temp' }]);
    await expect(postgres).toBeUnchanged();
  });

  test('are refused when the test has written before', async ({ postgres }) => {
    await postgres.query("INSERT INTO journal VALUES ('first')");
    await expect(postgres.query('BEGIN ISOLATION LEVEL SERIALIZABLE')).rejects.toThrow(
      /ISOLATION LEVEL SERIALIZABLE comes too late: with isolation 'rollback' .* use isolation 'database' or 'reset'\./,
    );
    await postgres.query("INSERT INTO journal VALUES ('second')");
    await expect(postgres).toHaveRows('journal', 2);
  });
});

test.describe('READ ONLY', () => {
  const refusal = { code: '25006', message: 'cannot execute INSERT in a read-only transaction' };
  const write = "INSERT INTO journal VALUES ('written')";

  for (const begin of [
    'BEGIN READ ONLY',
    'START TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE',
    'BEGIN; SET TRANSACTION READ ONLY',
    'SET default_transaction_read_only = on; BEGIN',
    'BEGIN READ ONLY; SAVEPOINT mine',
    'BEGIN READ ONLY; ROLLBACK AND CHAIN',
  ]) {
    test(`holds until the transaction ends: ${begin}`, async ({ postgres }) => {
      for (const statement of begin.split('; ')) await postgres.query(statement);
      await expect(postgres.query(write)).rejects.toMatchObject(refusal);
      await postgres.query('ROLLBACK');
      await postgres.query(`SET default_transaction_read_only = off`);
      await postgres.query(write);
      await postgres.query(`BEGIN READ WRITE; ${write}; COMMIT`);
      await expect(postgres).toHaveRows('journal', 2);
    });
  }

  test('holds for single statements of a session that only reads', async ({ postgres }) => {
    await postgres.query('SET default_transaction_read_only = on');
    await expect(postgres.query(write)).rejects.toMatchObject(refusal);
    await postgres.query(`BEGIN READ WRITE; ${write}; COMMIT`);
    await expect(postgres).toHaveRows('journal', 1);
  });
});

test('settings of a transaction end with it', async ({ postgres }) => {
  const settings = async (): Promise<unknown> =>
    (
      await postgres.query("SELECT current_setting('work_mem') AS memory, current_setting('app.user', true) AS user")
    )[0];
  await postgres.query('BEGIN');
  await postgres.query("SET LOCAL work_mem = '1MB'");
  await postgres.query("SELECT set_config('app.user', $1, true)", ['ana']);
  expect(await settings()).toEqual({ memory: '1MB', user: 'ana' });
  await postgres.query('COMMIT');
  expect(await settings()).toEqual({ memory: '4MB', user: '' });
  await postgres.query("SET LOCAL work_mem = '1MB'");
  expect(await settings()).toEqual({ memory: '4MB', user: '' });
});

test('a savepoint outside of a transaction is refused', async ({ postgres }) => {
  await expect(postgres.query('SAVEPOINT mine')).rejects.toMatchObject({ code: '25P01' });
});

const wayOut = /isolation 'rollback'.*use isolation 'database' or 'reset'\./;

for (const statement of [
  'NOTIFY news',
  'LISTEN news',
  "SELECT pg_notify('news', 'now')",
  "DO $$ BEGIN PERFORM pg_notify('news', 'now'); END $$",
  "PREPARE TRANSACTION 'later'",
  "COMMIT PREPARED 'later'",
  'CREATE INDEX CONCURRENTLY ON journal (line)',
  'REINDEX TABLE CONCURRENTLY journal',
  'VACUUM journal',
  'CREATE DATABASE other',
  'ALTER SYSTEM SET work_mem = 1',
  'DISCARD ALL',
  'CREATE TEMP TABLE scratch (id int) ON COMMIT DROP',
  'DO $$ BEGIN COMMIT; END $$',
]) {
  test(`${statement} fails at once, with the way out`, async ({ postgres }) => {
    await expect(postgres.query(statement)).rejects.toThrow(wayOut);
    await postgres.query("INSERT INTO journal VALUES ('goes on')");
    await expect(postgres).toHaveRows('journal', 1);
  });
}

test('a text that looks like a notification is none', async ({ postgres }) => {
  await postgres.query("INSERT INTO journal VALUES ('pg_notify(1)')");
  await expect(postgres).toHaveRow('journal', { line: 'pg_notify(1)' });
  await postgres.query(
    'CREATE FUNCTION tell() RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT pg_notify($$a$$, $$b$$); END',
  );
});

test('a second connection inside a transaction fails at once, with the way out', async ({ postgres }) => {
  await withClient(postgres, async (client) => {
    await client.query('BEGIN');
    const start = performance.now();
    const second = postgres.query('SELECT 1');
    await expect(second).rejects.toThrow(wayOut);
    expect(performance.now() - start).toBeLessThan(4_000);
    await client.query("INSERT INTO journal VALUES ('goes on')");
    await client.query('COMMIT');
  });
  await expect(postgres).toHaveRows('journal', 1);
});

test('a query waits for the connection that another one uses', async ({ postgres }) => {
  const transaction = withClient(postgres, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT pg_sleep(0.4)');
    await client.query("INSERT INTO journal VALUES ('written')");
    await client.query('COMMIT');
  });
  const others = Promise.all([1, 2, 3].map(() => postgres.query('SELECT count(*)::int AS count FROM journal')));
  expect(await others).toEqual([1, 2, 3].map(() => [{ count: 1 }]));
  await transaction;
});
