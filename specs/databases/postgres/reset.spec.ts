import { Client } from 'pg';
import { expect, test } from '../../../fixtures/index.ts';

// For a server process that must stay connected to one database across tests.
test.use({ isolation: 'reset', schema: 'user_management', dataset: 'basic_workflow' });

test('a harmless connection and the URL survive a reset', async ({ postgres, _postgresServer }) => {
  const server = new Client(postgres.url); // stands for a web server's pool
  server.on('error', () => {});
  await server.connect();
  await server.query("INSERT INTO audit_log (action, target_type, target_id) VALUES ('user.signed_in', 'user', 1)");
  await server.query("UPDATE users SET first_name = 'Someone'");
  await server.query('DELETE FROM memberships');

  await postgres.restore();

  await expect(postgres).toBeUnchanged();
  // PostgreSQL 18 with a superuser allows a reset in place; elsewhere a clone replaces the database, which ends
  // sessions.
  const answer = await server.query('SELECT current_database() AS name').then(
    ({ rows }) => rows as unknown,
    () => 'cut off',
  );
  expect(answer).toEqual(_postgresServer.inPlaceReset ? [{ name: postgres.name }] : 'cut off');
  await server.end();
});

test('reset restores every table, with and without a primary key', async ({ postgres }) => {
  const [before] = await postgres.query<{ count: number }>('SELECT count(*)::int AS count FROM audit_log');
  await postgres.query('UPDATE audit_log SET details = \'{"changed": true}\'');
  await postgres.query("INSERT INTO audit_log (action, target_type, target_id) VALUES ('user.littered', 'user', 1)");
  await postgres.query('DELETE FROM user_sessions');

  await postgres.restore();

  await expect(postgres).toHaveRows('audit_log', before!.count);
  await expect(postgres).toBeUnchanged();
});

test('reset restores sequences: the same keys are handed out again', async ({ postgres }) => {
  const create = "INSERT INTO organizations (name, slug) VALUES ('Acme', 'acme-again') RETURNING id";
  const [first] = await postgres.query(create);
  await postgres.restore();
  const [second] = await postgres.query(create);

  expect(second).toEqual(first);
});

test('reset restores a changed definition', async ({ postgres }) => {
  await postgres.query(
    'ALTER TABLE users ADD COLUMN shoe_size int; DROP VIEW active_users; CREATE TABLE extra (id int)',
  );
  await postgres.restore();

  await expect(postgres).toBeUnchanged();
});

test.describe('a schema that grants rights to the database', () => {
  test.use({
    dataset: 'empty',
    schema: {
      name: 'grants',
      apply: async (client) =>
        void (await client.query(`CREATE TABLE notes (id int); DO $$ BEGIN
          EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
          EXECUTE format('COMMENT ON DATABASE %I IS ''of notes''', current_database()); END $$`)),
    },
  });

  test('is reset in place as well', async ({ postgres, _postgresServer }) => {
    test.skip(!_postgresServer.inPlaceReset, 'needs PostgreSQL 18 and a superuser');
    const session = async (): Promise<unknown> => postgres.query('SELECT pg_backend_pid() AS pid');
    const before = await session();
    await postgres.query('INSERT INTO notes VALUES (1)');
    await postgres.restore();
    expect(await session()).toEqual(before);
    expect(
      await postgres.query("SELECT has_database_privilege('pg_monitor', current_database(), 'CONNECT') AS may"),
    ).toEqual([{ may: false }]);
    await expect(postgres).toBeUnchanged();
  });
});

test('reset ends a transaction that was left open', async ({ postgres }) => {
  const other = new Client(postgres.url);
  other.on('error', () => {}); // its connection is ended
  await other.connect();
  const {
    rows: [session],
  } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await other.query("BEGIN; UPDATE users SET first_name = 'Never committed'; SELECT nextval('users_id_seq')");

  await postgres.restore();

  expect(
    await postgres.query('SELECT query FROM pg_stat_activity WHERE pid = $1', [session?.pid]),
    'the session that was left open',
  ).toEqual([]);
  await expect(postgres).toBeUnchanged();
});

test('reset without changes does nothing', async ({ postgres }) => {
  await postgres.query('SELECT count(*) FROM users');
  await postgres.restore();

  await expect(postgres).toBeUnchanged();
  await expect(postgres).toBeValid();
});
