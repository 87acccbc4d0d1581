import path from 'node:path';
import { Client } from 'pg';
import { expect, test } from '../../../fixtures/index.ts';

const password = 'notes-password';

test.use({
  schema: {
    path: path.join(import.meta.dirname, 'schemas/notes.sql'),
    prepare: {
      roles: ['notes_guest', 'notes_member', `notes_login LOGIN PASSWORD '${password}' IN ROLE notes_member`],
      extensions: ['postgres_fdw', 'hstore SCHEMA extensions'],
      sql: 'CREATE SCHEMA audit; CREATE TABLE audit.log (entry text)',
    },
  },
  dataset: 'empty',
});

const claims = (sub: string) => ({ 'request.jwt.claims': { sub } });

for (const isolation of ['database', 'reset', 'rollback'] as const) {
  test.describe(`isolation '${isolation}'`, () => {
    test.use({ isolation });

    test(`a role sees what its policies show to its claims (isolation '${isolation}')`, async ({ postgres }) => {
      const [ana, ben] = [postgres.as('notes_member', claims('ana')), postgres.as('notes_member', claims('ben'))];
      expect(await ana.query('SELECT text FROM notes')).toEqual([{ text: 'of Ana' }]);
      expect(await ben.query('SELECT text FROM notes WHERE id > $1', [2])).toEqual([{ text: 'of Ben, too' }]);
      expect(await postgres.as('notes_member').query('SELECT text FROM notes')).toEqual([]);
      await ana.query("INSERT INTO notes (text) VALUES ('another')");
      expect(await ana.query('SELECT text FROM notes ORDER BY id')).toEqual([{ text: 'of Ana' }, { text: 'another' }]);
      await expect(postgres.as('notes_guest', claims('ana')).query('SELECT FROM notes')).rejects.toThrow(
        'permission denied for table notes',
      );
    });

    test(`a role's transaction is undone when it fails (isolation '${isolation}')`, async ({ postgres }) => {
      const ana = postgres.as('notes_member', claims('ana'));
      const failing = ana.transaction(async (client) => {
        await client.query("INSERT INTO notes (text) VALUES ('lost')");
        await client.query("INSERT INTO notes (author, text) VALUES ('ben', 'forged')");
      });
      await expect(failing).rejects.toThrow('new row violates row-level security policy for table "notes"');
      expect(await ana.transaction(async (client) => (await client.query('SELECT text FROM notes')).rows)).toEqual([
        { text: 'of Ana' },
      ]);
    });

    test(`neither a role nor its claims stay (isolation '${isolation}')`, async ({ postgres }) => {
      const state = `SELECT current_user::text AS name, nullif(current_setting('request.jwt.claims', true), '') AS claims`;
      const before = await postgres.query(state);
      const ana = postgres.as('notes_member', claims('ana'));
      expect(await ana.query(state)).toEqual([{ name: 'notes_member', claims: '{"sub":"ana"}' }]);
      await expect(ana.query('SELECT 1 / 0')).rejects.toThrow('division by zero');
      expect(await postgres.query(state)).toEqual(before);
      expect(await postgres.as('notes_guest').query(state)).toEqual([{ name: 'notes_guest', claims: null }]);
    });
  });
}

test('the administrator sees every row, and does what the test role may not', async ({ postgres }) => {
  expect(await postgres.query('SELECT FROM notes')).toEqual([]);
  expect(await postgres.admin.query('SELECT text FROM notes WHERE author = $1', ['ana'])).toEqual([{ text: 'of Ana' }]);
  await expect(postgres.query('TRUNCATE audit.log')).rejects.toThrow('permission denied for schema audit');
  await postgres.admin.transaction(async (client) => {
    await client.query("INSERT INTO notes (author, text) VALUES ('carl', 'of Carl')");
  });
  await postgres.snapshot('with Carl');
  await postgres.admin.query('DELETE FROM notes');
  await postgres.restore('with Carl');
  expect(await postgres.as('notes_member', claims('carl')).query('SELECT text FROM notes')).toEqual([
    { text: 'of Carl' },
  ]);
  expect(await postgres.admin.query('SELECT count(*)::int AS notes FROM notes')).toEqual([{ notes: 4 }]);
});

test('a role with a password logs in', async ({ postgres }) => {
  const url = Object.assign(new URL(postgres.url), { username: 'notes_login', password }).href;
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query('SELECT current_user::text AS name, count(*)::int AS notes FROM notes');
  await client.end();
  expect(rows).toEqual([{ name: 'notes_login', notes: 0 }]);
});

test('extensions are prepared where they are wanted, and the database is valid', async ({ postgres }) => {
  expect(
    await postgres.query(
      "SELECT extname AS name, extnamespace::regnamespace::text AS schema FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1",
    ),
  ).toEqual([
    { name: 'hstore', schema: 'extensions' },
    { name: 'postgres_fdw', schema: 'public' },
  ]);
  await expect(postgres).toBeUnchanged();
});

test('what all tests share is refused to the administrator', async ({ postgres }) => {
  for (const [sql, what] of [
    ['CREATE ROLE more', 'roles'],
    ['SELECT 1; ALTER USER notes_guest BYPASSRLS', 'roles'],
    ['DO $$ BEGIN DROP ROLE notes_guest; END $$', 'roles'],
    ['GRANT notes_member TO notes_guest', 'memberships of roles'],
    ['CREATE DATABASE more', 'databases'],
    ["ALTER SYSTEM SET work_mem = '1MB'", 'settings of the server'],
  ] as const)
    await expect(postgres.admin.query(sql), sql).rejects.toThrow(
      `admin.query() would change ${what}, which all tests of the server share: roles can be prepared for a schema`,
    );
  await postgres.admin.query("GRANT SELECT ON notes TO notes_guest; COMMENT ON TABLE notes IS 'CREATE ROLE'");
});

test('an unknown role is refused with the way out', async ({ postgres }) => {
  await expect(postgres.as('nobody_here').query('SELECT 1')).rejects.toThrow(
    `as('nobody_here'): role "nobody_here" does not exist; write schema: { …, prepare: { roles: ['nobody_here'] } }.`,
  );
});

test.describe('in a transaction', () => {
  test.use({ isolation: 'rollback' });

  test("with isolation 'rollback' the administrator is refused with the reason", async ({ postgres }) => {
    await expect(postgres.admin.query('SELECT 1')).rejects.toThrow(
      "neither sees what a test with isolation 'rollback' has written nor is undone with it: use isolation 'database' or 'reset'.",
    );
  });

  test('a role acts within a transaction that the test has begun', async ({ postgres }) => {
    await postgres.query('BEGIN');
    await postgres.as('notes_member', claims('ana')).query("INSERT INTO notes (text) VALUES ('undone')");
    expect(await postgres.query('SELECT current_user = session_user AS "isItself"')).toEqual([{ isItself: true }]);
    await postgres.query('ROLLBACK');
    expect(await postgres.as('notes_member', claims('ana')).query('SELECT text FROM notes')).toEqual([
      { text: 'of Ana' },
    ]);
  });
});
