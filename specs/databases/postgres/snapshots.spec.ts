import { expect, test } from '../../../fixtures/index.ts';
import { dropEverything } from './drop-everything.ts';

test.use({ schema: 'thread_messages', dataset: 'basic_workflow' });

test('a snapshot can be restored any number of times', async ({ postgres }) => {
  await postgres.query("UPDATE threads SET title = 'after sign-up' WHERE id = 1");
  await postgres.snapshot('after sign-up');

  for (const damage of [
    'DELETE FROM message_reactions',
    'DROP TABLE attachments',
    "UPDATE threads SET title = 'other'",
  ]) {
    await postgres.query(damage);
    await expect(postgres).not.toBeUnchanged('after sign-up');
    await postgres.restore('after sign-up');
    await expect(postgres).toBeUnchanged('after sign-up');
  }
});

test('snapshots are independent of each other', async ({ postgres }) => {
  for (const step of [1, 2, 3]) {
    await postgres.query('INSERT INTO threads (owner_id, title) VALUES (1, $1)', [`step ${step}`]);
    await postgres.snapshot(`step ${step}`);
  }
  for (const step of [1, 3, 2]) {
    await postgres.restore(`step ${step}`);
    await expect(postgres).toHaveRows('threads', 15 + step);
  }
  await postgres.restore();
  await expect(postgres).toHaveRows('threads', 15);
});

const changes = {
  'rows of a partitioned table':
    "INSERT INTO events (id, user_id, name, occurred_at) SELECT 90000 + g, 1, 'x', timestamptz '2025-10-05' + g * interval '20 days' FROM generate_series(1, 5) g",
  sequences: "SELECT setval('threads_id_seq', 4000)",
  'a dropped table': 'DROP TABLE messages CASCADE',
  'an altered table': 'ALTER TABLE users ADD COLUMN nickname text; ALTER TABLE threads DROP COLUMN title CASCADE',
  'a new table': 'CREATE TABLE extra AS SELECT * FROM users',
  indexes: 'DROP INDEX threads_owner_id_idx; CREATE INDEX extra_idx ON users (created_at)',
  views: 'DROP VIEW thread_summaries; CREATE VIEW extra_view AS SELECT 1 AS one',
  'functions and triggers':
    'DROP TRIGGER messages_inserted ON messages; CREATE FUNCTION extra() RETURNS int LANGUAGE sql RETURN 1',
  'large objects': "SELECT lo_put(1234, 0, 'changed'), lo_from_bytea(4321, 'new')",
  'an enum type': "CREATE TYPE extra_mood AS ENUM ('glad')",
  everything: dropEverything,
};

for (const [what, change] of Object.entries(changes)) {
  test(`a snapshot restores ${what}`, async ({ postgres }) => {
    await postgres.query("SELECT lo_from_bytea(1234, 'original')");
    await postgres.snapshot('before');
    await postgres.query(change);
    await expect(postgres).not.toBeUnchanged('before');

    await postgres.restore('before');

    await expect(postgres).toBeUnchanged('before');
  });
}

test("a snapshot includes the database's settings", async ({ postgres }) => {
  const { name } = postgres;
  await postgres.query(
    `ALTER DATABASE "${name}" SET search_path = 'a b', "$user", public; ALTER DATABASE "${name}" SET timezone = 'Asia/Tokyo'; ALTER ROLE CURRENT_USER IN DATABASE "${name}" SET work_mem = '1MB'`,
  );
  await postgres.snapshot('before');
  await postgres.query(`ALTER DATABASE "${name}" RESET ALL`);

  await postgres.restore('before');

  expect(
    await postgres.query(
      "SELECT current_setting('search_path') AS path, current_setting('timezone') AS zone, current_setting('work_mem') AS memory",
    ),
  ).toEqual([{ path: '"a b", "$user", public', zone: 'Asia/Tokyo', memory: '1MB' }]);
  await postgres.restore();
  expect(
    await postgres.query("SELECT current_setting('search_path') AS path, current_setting('work_mem') AS memory"),
  ).toEqual([{ path: '"$user", public', memory: '4MB' }]);
});

test("a snapshot includes the database's rights, comment and limit", async ({ postgres }) => {
  const { name } = postgres;
  await postgres.query(
    `REVOKE CONNECT ON DATABASE "${name}" FROM PUBLIC; GRANT CREATE ON DATABASE "${name}" TO pg_monitor WITH GRANT OPTION;
     COMMENT ON DATABASE "${name}" IS 'It''s kept'; ALTER DATABASE "${name}" CONNECTION LIMIT 12`,
  );
  await postgres.snapshot('before');
  await postgres.query(`REVOKE ALL ON DATABASE "${name}" FROM pg_monitor; COMMENT ON DATABASE "${name}" IS NULL`);
  await expect(postgres).not.toBeUnchanged('before');

  await postgres.restore('before');
  await expect(postgres).toBeUnchanged('before');
  await postgres.restore();
  await expect(postgres).toBeUnchanged();
});

test('a snapshot inside a transaction is refused', async ({ postgres }) => {
  const client = await postgres.pool.connect();
  await client.query('BEGIN');
  await client.query('DELETE FROM message_reactions');

  await expect(postgres.snapshot('half')).rejects.toThrow(
    /snapshot\('half'\): session \d+ is in the middle of a transaction \(last statement: DELETE FROM message_reactions\); end it first\./,
  );
  await client.query('ROLLBACK');
  client.release();
});

test('a snapshot waits for a statement that is about to end, and has what it wrote', async ({ postgres }) => {
  const { rowCount: before } = await postgres.pool.query('SELECT FROM message_reactions');
  const holder = await postgres.pool.connect();
  await holder.query('SELECT pg_advisory_lock(1)');
  const writing = postgres.query(
    'DELETE FROM message_reactions WHERE ctid = (SELECT min(ctid) FROM message_reactions, pg_advisory_xact_lock(1))',
  );
  await expect
    .poll(() => postgres.query("SELECT FROM pg_stat_activity WHERE query LIKE 'DELETE%' AND state = 'active'"))
    .toHaveLength(1);
  const taken = postgres.snapshot('after');
  await holder.query('SELECT pg_advisory_unlock(1)');
  holder.release();
  await Promise.all([writing, taken]);
  await postgres.restore('after');
  await expect(postgres).toHaveRows('message_reactions', before! - 1);
});

test('session settings do not change a snapshot', async ({ postgres }) => {
  await postgres.query("SET search_path = 'nowhere'");
  await postgres.snapshot('now');
  await postgres.query('DELETE FROM public.message_reactions');

  await postgres.restore('now');

  await expect(postgres).toBeUnchanged('now');
});

test('an unknown snapshot is refused, and the error lists the known ones', async ({ postgres }) => {
  await expect(postgres.restore('first')).rejects.toThrow("There is no snapshot 'first': none was taken in this test.");
  await postgres.snapshot('one');
  await expect(postgres.restore('first')).rejects.toThrow("There is no snapshot 'first': there are 'one'.");
});

test("a snapshot's name can be used again", async ({ postgres }) => {
  await postgres.snapshot('now');
  await postgres.query("UPDATE users SET display_name = 'Later'");
  await postgres.snapshot('now');
  await postgres.restore();
  await postgres.restore('now');

  await expect(postgres).toHaveRow('users', { id: 1, display_name: 'Later' });
});
