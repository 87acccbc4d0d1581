import { Client } from 'pg';
import { expect, test } from '../../../fixtures/index.ts';

test('rollback undoes everything in its transaction, sequences included', async ({ postgres }) => {
  const positions = () =>
    postgres.query('SELECT u.last_value AS users, e.is_called AS used FROM users_id_seq u, events_id_seq e');
  expect(await positions()).toEqual([{ users: '3', used: false }]);

  const inside = await postgres.rollback(async (client) => {
    await client.query("INSERT INTO users (email, display_name) VALUES ('inside@example.com', 'Inside')");
    await client.query('DROP TABLE messages');
    await client.query("SELECT nextval('events_id_seq')");
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM users');
    return rows[0]?.count;
  });

  expect(inside).toBe(4);
  expect(await positions()).toEqual([{ users: '3', used: false }]);
  await expect(postgres).toBeUnchanged();
});

test('rollback undoes everything and rethrows when its function throws', async ({ postgres }) => {
  await expect(
    postgres.rollback(async (client) => {
      await client.query('DELETE FROM messages');
      throw new Error('the test went wrong');
    }),
  ).rejects.toThrow('the test went wrong');

  await expect(postgres).toHaveRows('messages', 5);
});

test.describe('a whole test in a transaction', () => {
  test.use({ isolation: 'rollback' });

  test('COMMIT in the code under test appears to work', async ({ postgres }) => {
    const client = await postgres.pool.connect();
    await client.query('BEGIN');
    await client.query("INSERT INTO users (email, display_name) VALUES ('ana@example.com', 'Ana')");
    await client.query('COMMIT');
    client.release();

    await expect(postgres).toHaveRow('users', { email: 'ana@example.com' });
  });

  test('ROLLBACK in the code under test undoes only its own transaction', async ({ postgres }) => {
    const client = await postgres.pool.connect();
    await client.query('BEGIN');
    await client.query('DELETE FROM messages');
    await client.query('ROLLBACK');
    client.release();

    await expect(postgres).toHaveRows('messages', 5);
  });

  test('a failed statement does not break the following ones', async ({ postgres }) => {
    await postgres.query('DELETE FROM messages WHERE id = 1');
    await expect(postgres.query('INSERT INTO users (id) VALUES (1)')).rejects.toMatchObject({ code: '23502' });
    await postgres.query('DELETE FROM messages WHERE id = 2');

    await expect(postgres).toHaveRows('messages', 3);
    expect(await seenByOthers(postgres.url, 'messages')).toBe(5);
  });

  test("statements after the session's end are refused", async ({ postgres }) => {
    await expect(postgres.query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(/terminat/); // the server's or the client's message
    await expect(postgres.query('DELETE FROM messages')).rejects.toThrow(
      "The session that this test's transaction was in has ended, and what was in it is gone.",
    );
  });

  test('a string of several statements may begin and end transactions', async ({ postgres }) => {
    const insert = (id: number): string =>
      `INSERT INTO users (id, email, display_name) VALUES (${id}, '${id}@example.com', 'U')`;
    const added = async (): Promise<string[]> =>
      (await postgres.query<{ id: string }>('SELECT id FROM users WHERE id > 100 ORDER BY id')).map(({ id }) => id);

    await postgres.query(`BEGIN; ${insert(101)}; COMMIT`);
    await postgres.query(`${insert(102)}; COMMIT; ${insert(103)}`);
    await postgres.query(`${insert(104)}; BEGIN; ${insert(105)}; ROLLBACK; ${insert(106)}`);
    await postgres.query(`BEGIN; BEGIN; ${insert(107)}; COMMIT AND CHAIN; ${insert(108)}; ROLLBACK`);
    await postgres.query(`/* app */ BEGIN; SAVEPOINT mine; ${insert(109)}; ROLLBACK WORK TO mine; ${insert(110)}`);
    await postgres.query('/* app */ COMMIT');
    await expect(postgres.query(`${insert(111)}; SELECT 1 / 0; COMMIT`)).rejects.toThrow('division by zero');
    expect(await added()).toEqual(['101', '102', '103', '106', '107', '110']);

    await expect(postgres.query(`BEGIN; ${insert(112)}; SELECT 1 / 0; COMMIT`)).rejects.toThrow('division by zero');
    await expect(postgres.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' }); // as outside a test: not rolled back yet
    await postgres.query('ROLLBACK');
    await expect(postgres.query(`BEGIN; SELECT $1::int; COMMIT`, [1])).rejects.toThrow(
      'cannot insert multiple commands into a prepared statement',
    );
    expect(await added()).toHaveLength(6);
    expect(await seenByOthers(postgres.url, 'users')).toBe(3);
  });

  test('each of several statements returns its result', async ({ postgres }) => {
    const results: unknown = await postgres.pool.query("BEGIN; SELECT 1 AS one; ROLLBACK; SELECT 'a;b' AS text");
    expect(results).toMatchObject([{ rows: [] }, { rows: [{ one: 1 }] }, { rows: [] }, { rows: [{ text: 'a;b' }] }]);
  });

  test("the test's changes are invisible to other sessions", async ({ postgres }) => {
    await postgres.query("INSERT INTO users (email, display_name) VALUES ('unseen@example.com', 'Unseen')");

    expect(await seenByOthers(postgres.url, 'users')).toBe(3);
  });

  test('session settings survive and are not a difference', async ({ postgres }) => {
    await postgres.query("SET search_path = 'nowhere'; SET TIME ZONE 'Asia/Tokyo'; CREATE TEMP TABLE users (id int)");

    await expect(postgres).toBeUnchanged();
    await expect(postgres).toBeValid();
    expect(
      await postgres.query("SELECT current_setting('search_path') AS path, current_setting('timezone') AS zone"),
    ).toEqual([{ path: 'nowhere', zone: 'Asia/Tokyo' }]);

    await postgres.query("UPDATE public.users SET display_name = 'Bea' WHERE id = 2");
    expect((await postgres.diff()).tables).toEqual([
      expect.objectContaining({ table: 'users', counts: { inserted: 0, changed: 1, deleted: 0 } }),
    ]);
  });

  test('a statement that cannot run in a transaction is refused with the reason', async ({ postgres }) => {
    await expect(postgres.snapshot('now')).rejects.toThrow(
      "snapshot() needs contents that others can see, and with isolation 'rollback' nothing is ever committed",
    );
    await expect(postgres.query("PREPARE TRANSACTION 'later'")).rejects.toThrow(
      "PREPARE TRANSACTION would end the transaction that isolation 'rollback' keeps the test in: use isolation 'database' or 'reset'.",
    );
  });
});

async function seenByOthers(url: string, table: string): Promise<number | undefined> {
  const other = new Client(url);
  await other.connect();
  const { rows } = await other.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  await other.end();
  return rows[0]?.count;
}
