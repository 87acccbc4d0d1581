import { expect, test } from '../../../../fixtures/index.ts';
import { connect, connectionOptions } from '../connection.ts';
import type { PostgresDatabase, SchemaFunction } from '../index.ts';
import {
  type InPlaceReset,
  inPlaceReset,
  markNow,
  type ResetPoint,
  resetInPlace,
  resettableTables,
  sessionSettings,
} from './index.ts';

const wide: SchemaFunction = {
  name: 'wide',
  async apply(client) {
    await client.query(`
      CREATE TABLE wide (id int PRIMARY KEY, note text, body text);
      INSERT INTO wide SELECT i, 'as it was', repeat('x', 1000) FROM generate_series(1, 300) i;
      CREATE TABLE other (id int PRIMARY KEY, note text);
      INSERT INTO other VALUES (1, 'as it was');
      CREATE SEQUENCE cached CACHE 10`);
  },
};

test.use({ schema: wide, dataset: 'empty', isolation: 'reset' });

test('a row version on a far block is reset in place', async ({ postgres, _postgresServer }) => {
  test.skip(!_postgresServer.inPlaceReset, 'needs PostgreSQL 18 and a superuser');
  const session = await sessionOf(postgres);
  await postgres.query("UPDATE wide SET note = 'changed' WHERE id = 1");
  await postgres.restore();
  expect(await postgres.query('SELECT count(*)::int AS rows, min(note) AS note FROM wide')).toEqual([
    { rows: 300, note: 'as it was' },
  ]);
  expect(await sessionOf(postgres), 'the connection that was open at the beginning').toBe(session);
});

test('a write during a reset is noticed by the next reset', async ({ postgres, _postgresServer }) => {
  test.skip(!_postgresServer.inPlaceReset, 'needs PostgreSQL 18 and a superuser');
  const admin = await connect({
    ...connectionOptions(_postgresServer, _postgresServer.admin, postgres.name),
    options: sessionSettings,
  });
  const tables = await resettableTables(admin);
  const beginning = await markNow(admin);
  const disturbed: InPlaceReset = {
    ...inPlaceReset,
    async inspect(...parameters) {
      const inspection = await inPlaceReset.inspect(...parameters);
      // When a session had to be ended, the reset inspects the log again.
      if (inspection.ended === 0) await postgres.query("UPDATE other SET note = 'written meanwhile'");
      return inspection;
    },
  };
  await postgres.query("UPDATE wide SET note = 'changed' WHERE id = 1");

  const first = await resetInPlace(admin, disturbed, tables, beginning);
  expect(first).toEqual({ mark: { xid: expect.any(String), lsn: expect.any(String) } });

  // The row is older than the reset, so it is indistinguishable from reset rows, and only a clone helps.
  const second = await resetInPlace(admin, inPlaceReset, tables, (first as { mark: ResetPoint }).mark);
  expect(second).toEqual({ obstacle: expect.stringContaining('duplicate key') });
  await admin.end();
});

test('no session continues with cached sequence values after a reset', async ({ postgres }) => {
  const next = async (): Promise<unknown> => (await postgres.query("SELECT nextval('cached')::int AS key"))[0]?.['key'];
  expect(await next()).toBe(1);
  await postgres.restore();
  expect(await next()).toBe(1);
});

/** Every write to its table adds a row to an unlogged journal, which the write-ahead log does not record. */
const journal: SchemaFunction = {
  name: 'journal',
  async apply(client) {
    await client.query(`
      CREATE UNLOGGED TABLE journal (line text); -- reset before the other
      CREATE UNLOGGED TABLE notes (id int PRIMARY KEY);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO journal VALUES (TG_OP); RETURN NULL; END $$;
      CREATE TRIGGER noted AFTER INSERT OR DELETE ON notes FOR EACH ROW EXECUTE FUNCTION note();
      ALTER TABLE notes ENABLE ALWAYS TRIGGER noted`);
  },
};

test.describe('an unlogged table whose trigger fires even for replication', () => {
  test.use({ schema: journal });

  test('an unlogged table with a replication trigger is not reset in place', async ({ postgres }) => {
    await postgres.query('INSERT INTO notes VALUES (1)');
    await postgres.restore();
    await expect(postgres).toHaveRows('journal', 0);
    await expect(postgres).toHaveRows('notes', 0);
  });
});

async function sessionOf(postgres: PostgresDatabase): Promise<unknown> {
  return (await postgres.query('SELECT pg_backend_pid() AS pid'))[0]?.['pid'];
}
