import fc from 'fast-check';
import pg from 'pg';
import { expect, test } from '../../../fixtures/index.ts';
import { dataChange, definitionChange, everything } from '../../testing/database-of-everything.ts';
import { readSequences } from './catalogue.ts';
import { readDefinitions } from './definitions/index.ts';
import type { PostgresDatabase, PostgresWorker, SchemaFunction } from './index.ts';

const schema: SchemaFunction = {
  name: 'everything, with all of it in the log',
  async apply(client) {
    await everything.apply(client);
    await client.query('ALTER TABLE unlogged_one SET LOGGED');
  },
};
const wanted = { schema, dataset: 'empty', isolation: 'database' } as const;
const tables = ['keyed', 'strict_identity', 'keyless', 'unlogged_one', 'child', 'parted', 'base', 'derived', 'journal'];

/** Rows in the order in which they come without ORDER BY, sequences, and with `all` definitions. */
async function stateOf({ pool }: PostgresDatabase, all = false): Promise<unknown> {
  const rows = tables.map((table) => `(SELECT array_agg(t::text) FROM ONLY ${table} t) AS ${table}`);
  const { rows: found } = await pool.query(`SELECT ${rows.join(', ')}`);
  return [found, await readSequences(pool), all ? await readDefinitions(pool) : undefined];
}

async function oidOf({ pool, name }: PostgresDatabase): Promise<number> {
  const { rows } = await pool.query<{ oid: number }>('SELECT oid FROM pg_database WHERE datname = $1', [name]);
  return rows[0]!.oid;
}

/** Lends a database for `use`; resolves when it is ready for another test, or going to be dropped. */
async function lend<T>(worker: PostgresWorker, use: (postgres: PostgresDatabase) => Promise<T>): Promise<T> {
  const { database, end } = await worker.lease(wanted);
  try {
    return await use(database);
  } finally {
    await end({ keep: false });
    await worker.settle(wanted);
  }
}

/** What the next test finds in the database that a test has changed; undefined where that database was dropped. */
async function foundAfter(worker: PostgresWorker, change: (postgres: PostgresDatabase) => Promise<unknown>) {
  for (let warm = 0; warm < 3; warm++) await lend(worker, async () => {});
  const used = await lend(worker, async (postgres) => {
    await change(postgres);
    return oidOf(postgres);
  });
  const leases = [];
  for (let ready = 0; ready < 4; ready++) leases.push(await worker.lease(wanted));
  const found = new Map<number, unknown>();
  for (const { database } of leases) found.set(await oidOf(database), await stateOf(database));
  for (const { end } of leases) await end({ keep: false });
  await worker.settle(wanted);
  return found.get(used);
}

const rowsOfItsOwn: Record<string, (postgres: PostgresDatabase) => Promise<unknown>> = {
  nothing: async () => {},
  'rows that were added': ({ pool }) => pool.query("INSERT INTO keyed (note) VALUES ('new')"),
  'rows that were added, changed and removed again': ({ pool }) =>
    pool.query(
      "INSERT INTO base VALUES (8, 'a'), (9, 'a'); UPDATE base SET id = 7 WHERE id = 8; DELETE FROM base WHERE id = 9",
    ),
  'values that are stored outside of their rows': ({ pool }) =>
    pool.query(
      "INSERT INTO child (parent, wide) SELECT 1, string_agg(md5(g::text), '') FROM generate_series(1, 900) g",
    ),
  'a sequence that went on': ({ pool }) => pool.query("SELECT nextval('loose'), setval('keyed_id_seq', 900)"),
  'changes that were rolled back': ({ pool }) => pool.query('BEGIN; DELETE FROM keyless; ROLLBACK'),
  'settings of its session': ({ pool }) =>
    pool.query("SET search_path = 'nowhere'; LISTEN news; SELECT pg_advisory_lock(7)"),
};

for (const [what, change] of Object.entries(rowsOfItsOwn)) {
  test(`a database serves another test after ${what}`, async ({ _postgresWorker: worker, _postgresServer: server }) => {
    test.skip(!server.inPlaceReset, 'needs PostgreSQL 18 and a superuser');
    const before = await lend(worker, stateOf);
    expect(await foundAfter(worker, change)).toEqual(before);
  });
}

const more: Record<string, (postgres: PostgresDatabase) => Promise<unknown>> = {
  'a changed row of the template': ({ pool }) => pool.query("UPDATE keyed SET note = 'changed' WHERE id = 7"),
  'a removed row of the template': ({ pool }) => pool.query('DELETE FROM parted WHERE id = 3'),
  'a definition': ({ pool }) => pool.query('ALTER TABLE keyed ADD COLUMN later text'),
  'new statistics': ({ pool }) => pool.query('ANALYZE keyed'),
  'a large object': ({ pool }) => pool.query("SELECT lo_from_bytea(0, 'new one')"),
  'a setting of the database': ({ pool, name }) => pool.query(`ALTER DATABASE "${name}" SET work_mem = '1MB'`),
  'a snapshot and its restoration': async (postgres) => {
    await postgres.snapshot('then');
    await postgres.restore('then');
  },
  'a connection of another process': ({ url }) => new pg.Client(url).on('error', () => {}).connect(),
  'many rows': ({ pool }) => pool.query('INSERT INTO keyless SELECT g, md5(g::text) FROM generate_series(1, 50000) g'),
};

for (const [what, change] of Object.entries(more)) {
  test(`a database is dropped after ${what}`, async ({ _postgresWorker: worker }) => {
    expect(await foundAfter(worker, change)).toBeUndefined();
  });
}

test('a database has another name for each test, and its old address leads nowhere', async ({ _postgresWorker }) => {
  const urls = new Set<string>();
  for (let one = 0; one < 8; one++) urls.add(await lend(_postgresWorker, ({ url }) => Promise.resolve(url)));
  expect(urls.size).toBe(8);
  await expect(new pg.Client([...urls][4]).connect()).rejects.toThrow(/database ".*" does not exist/);
});

test('whatever a test does, the next one finds the database as it was made', async ({ _postgresWorker: worker }) => {
  test.setTimeout(300_000);
  const before = await lend(worker, (postgres) => stateOf(postgres, true));
  const change = fc.oneof({ weight: 4, arbitrary: dataChange }, { weight: 1, arbitrary: definitionChange });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (statements) => {
      await lend(worker, async ({ pool }) => {
        const client = await pool.connect();
        for (const sql of statements) await client.query(sql).catch(() => client.query('ROLLBACK'));
        client.release();
      });
      expect(await lend(worker, (postgres) => stateOf(postgres, true))).toEqual(before);
    }),
    { numRuns: 60 },
  );
});
