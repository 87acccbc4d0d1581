import { expect, test } from '../../../fixtures/index.ts';

test('whatever happens in a transaction for rollback is undone, sequences included', async ({ postgres }) => {
  const [before] = await postgres.query('SELECT last_value, is_called FROM users_id_seq');

  const inside = await postgres.rollback(async (client) => {
    await client.query("INSERT INTO users (email, display_name) VALUES ('inside@example.com', 'Inside')");
    await client.query('DROP TABLE messages');
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM users');
    return rows[0]?.count;
  });

  expect(inside).toBe(4);
  expect(await postgres.query('SELECT last_value, is_called FROM users_id_seq')).toEqual([before]);
  await expect(postgres).toBeUnchanged();
});

test('an error inside comes out, and everything is undone all the same', async ({ postgres }) => {
  await expect(postgres.rollback(async (client) => {
    await client.query('DELETE FROM messages');
    throw new Error('the test went wrong');
  })).rejects.toThrow('the test went wrong');

  await expect(postgres).toHaveRows('messages', 5);
});

test.describe('a whole test in a transaction', () => {
  test.use({ isolation: 'rollback' });

  test('code that commits works as ever', async ({ postgres }) => {
    const client = await postgres.pool.connect();
    await client.query('BEGIN');
    await client.query("INSERT INTO users (email, display_name) VALUES ('ana@example.com', 'Ana')");
    await client.query('COMMIT');
    client.release();

    await expect(postgres).toHaveRow('users', { email: 'ana@example.com' });
  });

  test('code that rolls back does, too', async ({ postgres }) => {
    const client = await postgres.pool.connect();
    await client.query('BEGIN');
    await client.query('DELETE FROM messages');
    await client.query('ROLLBACK');
    client.release();

    await expect(postgres).toHaveRows('messages', 5);
  });

  test('a statement that fails spoils no other', async ({ postgres }) => {
    await expect(postgres.query('INSERT INTO users (id) VALUES (1)')).rejects.toMatchObject({ code: '23502' });

    await expect(postgres).toHaveRows('users', 3);
  });

  test('nobody else sees it', async ({ postgres }) => {
    await postgres.query("INSERT INTO users (email, display_name) VALUES ('unseen@example.com', 'Unseen')");
    const { Client } = await import('pg');
    const other = new Client(postgres.url);
    await other.connect();
    const { rows } = await other.query('SELECT count(*)::int AS count FROM users');
    await other.end();

    expect(rows).toEqual([{ count: 3 }]);
  });

  test('what the session has set is no difference, and stays set', async ({ postgres }) => {
    await postgres.query("SET search_path = 'nowhere'; SET TIME ZONE 'Asia/Tokyo'; CREATE TEMP TABLE users (id int)");

    await expect(postgres).toBeUnchanged();
    await expect(postgres).toBeValid();
    expect(await postgres.query("SELECT current_setting('search_path') AS path, current_setting('timezone') AS zone")).toEqual([{ path: 'nowhere', zone: 'Asia/Tokyo' }]);

    await postgres.query("UPDATE public.users SET display_name = 'Bea' WHERE id = 2");
    expect((await postgres.diff()).tables).toEqual([expect.objectContaining({ table: 'users', counts: { inserted: 0, changed: 1, deleted: 0 } })]);
  });

  test('what cannot work in a transaction says so', async ({ postgres }) => {
    await expect(postgres.snapshot('now')).rejects.toThrow("snapshot() needs contents that others can see, and with isolation 'rollback' nothing is ever committed");
  });
});
