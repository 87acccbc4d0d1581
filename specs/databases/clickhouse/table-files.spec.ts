import { writeFileSync } from 'node:fs';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { expect, test as base } from '../../../fixtures/index.ts';
import type { ClickHouseDatabase, ClickHouseWorker } from '../../../helpers/stores/clickhouse/index.ts';

type Recipe = Parameters<ClickHouseWorker['lease']>[0];

const test = base.extend<{
  /** The worker's database with this recipe; it ends with the test. */
  lease: (recipe: Partial<Recipe>) => Promise<ClickHouseDatabase>;
  /** A file with this text. */
  file: (text: string) => string;
  /** The names of all databases on the server, and of all functions of users. */
  namesOnServer: () => Promise<unknown>;
}>({
  lease: async ({ _clickhouseWorker }, use) => {
    const ends: (() => Promise<unknown>)[] = [];
    await use(async (recipe) => {
      const { database, end } = await _clickhouseWorker.lease({ tables: 'basic', dataset: 'empty', ...recipe });
      ends.push(end);
      return database;
    });
    for (const end of ends) await end();
  },

  file: async ({}, use, testInfo) => {
    await use((text) => {
      const path = testInfo.outputPath('tables.sql');
      writeFileSync(path, text);
      return path;
    });
  },

  namesOnServer: async ({ _clickhouseServer: { url, admin } }, use) => {
    const client = createClient({ url, username: admin.user, password: admin.password });
    const sql = `SELECT name FROM system.databases WHERE name NOT LIKE '%\\_template\\_%' AND name NOT LIKE '%\\_snapshot\\_%'
      UNION ALL SELECT name FROM system.functions WHERE origin = 'SQLUserDefined' UNION ALL SELECT name FROM system.workloads
      UNION ALL SELECT name FROM system.named_collections ORDER BY name`;
    await use(async () => (await client.query({ query: sql, format: 'JSONEachRow' })).json());
    await client.close();
  },
});

test('a SET in a table file lasts until its end', async ({ lease, file }) => {
  const database = await lease({
    tables: file(`SET data_type_default_nullable = 1;
      CREATE TABLE notes (id UInt64 NOT NULL, line String) ENGINE = MergeTree ORDER BY id;
      CREATE TEMPORARY TABLE lines (line String);
      INSERT INTO lines VALUES ('one');
      INSERT INTO notes SELECT 1, line FROM lines;`),
  });
  expect(await database.query('SELECT toTypeName(id) AS id, toTypeName(line) AS line FROM notes')).toEqual([
    { id: 'UInt64', line: 'Nullable(String)' },
  ]);
  await expect(database).toHaveRow('notes', { id: 1, line: 'one' });
  await database.client.command({ query: 'DROP TABLE notes' });
  await database.restore();
  await expect(database).toBeUnchanged();
});

const refused: Record<string, readonly [sql: string, sentence: string]> = {
  'another database': [
    'CREATE DATABASE IF NOT EXISTS shop',
    'shop is another database, and a test has one alone: leave its name out',
  ],
  'a table of another database': [
    'CREATE TABLE shop.seen (id UInt64) ENGINE = MergeTree ORDER BY id',
    'shop is another database, and a test has one alone: leave its name out',
  ],
  'USE of another database': ['USE shop', 'shop is another database, and a test has one alone: leave its name out'],
  'a materialized view into another database': [
    'CREATE MATERIALIZED VIEW seen TO default.seen AS SELECT 1 AS id',
    'default is another database, and a test has one alone: leave its name out',
  ],
  'a function': [
    'CREATE FUNCTION dbl AS (x) -> x * 2',
    'CREATE FUNCTION concerns the whole server, and not this database alone: write its expression where it is used',
  ],
  'a workload': [
    'CREATE WORKLOAD all',
    'CREATE WORKLOAD concerns the whole server, and not this database alone: leave it out',
  ],
  'a named collection': [
    'CREATE NAMED COLLECTION one AS a = 1',
    'CREATE NAMED COLLECTION concerns the whole server, and not this database alone: write its values where they are used',
  ],
  'a user': [
    'CREATE USER ana',
    'CREATE USER concerns the whole server, and not this database alone: leave it out, since a test has a user with every right in its database',
  ],
  'a row policy': [
    'CREATE ROW POLICY own ON t USING id = 1 TO ALL',
    'ROW POLICY concerns the whole server, and not this database alone: leave it out, and test it on a server of its own',
  ],
  'a table that fetches rows': [
    "CREATE TABLE queue (id UInt64) ENGINE = Kafka('localhost:9092', 'topic', 'group', 'JSONEachRow')",
    'ENGINE = Kafka fetches rows from another server, and would do so for every template and snapshot: write ENGINE = Null, so that a test can insert what would have been fetched',
  ],
  'a table that is elsewhere': [
    "CREATE TABLE far (id UInt64) ENGINE = MySQL('localhost:3306', 'd', 't', 'u', 'p')",
    'ENGINE = MySQL reaches outside the database, where no reset puts anything back: write MergeTree, and insert the rows',
  ],
  'rows that are elsewhere': [
    "INSERT INTO t SELECT * FROM url('http://localhost/', CSV, 'id UInt64')",
    'It needs READ ON URL, which is outside the database: insert the rows instead',
  ],
  'a replicated table': [
    "CREATE TABLE copies (id UInt64) ENGINE = ReplicatedReplacingMergeTree('/x', 'r') ORDER BY id",
    "ENGINE = ReplicatedReplacingMergeTree needs a cluster with a Keeper, and a test's database is on one server alone: write ReplacingMergeTree",
  ],
  'ON CLUSTER': [
    'CREATE TABLE copies ON CLUSTER main (id UInt64) ENGINE = MergeTree ORDER BY id',
    "ON CLUSTER needs a cluster, and a test's database is on one server alone: leave it out",
  ],
};

for (const [what, [sql, sentence]] of Object.entries(refused)) {
  test(`${what} in a table file is refused by name`, async ({ lease, file, namesOnServer }) => {
    const before = await namesOnServer();
    await expect(
      lease({ tables: file(`CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id;\n-- ENGINE = Kafka\n${sql};`) }),
    ).rejects.toThrow(`tables.sql:3: ${sentence}.`);
    expect(await namesOnServer()).toEqual(before);
  });
}

test('what a function creates outside its database is refused by name', async ({ lease }) => {
  const by = (query: string) =>
    lease({ tables: { name: query, create: async (client) => void (await client.command({ query })) } });
  await expect(by('CREATE FUNCTION dbl AS (x) -> x * 2')).rejects.toThrow('CREATE FUNCTION concerns the whole server');
  await expect(by('CREATE TABLE shop.seen (id UInt64) ENGINE = Memory')).rejects.toThrow('shop is another database');
  await expect(by("CREATE TABLE queue (id UInt64) ENGINE = Kafka('localhost:9092', 't', 'g', 'CSV')")).rejects.toThrow(
    'ENGINE = Kafka fetches rows from another server',
  );
  const insert = async (client: ClickHouseClient) =>
    void (await client.command({ query: 'CREATE TABLE shop.seen (id UInt64) ENGINE = Memory' }));
  await expect(lease({ dataset: { name: 'elsewhere', insert } })).rejects.toThrow('shop is another database');
});

test('a table file of goose runs what leads up', async ({ lease, file }) => {
  const database = await lease({
    tables: file(
      '-- +goose Up\nCREATE TABLE hits (id UInt64) ENGINE = MergeTree ORDER BY id;\n-- +goose Down\nDROP TABLE hits;',
    ),
  });
  expect(await database.query('SHOW TABLES')).toEqual([{ name: 'hits' }]);
});

test('a dictionary in a table file reads its table without a login', async ({ lease, file }) => {
  const database = await lease({
    tables: file(`CREATE TABLE zones (id UInt64, zone String) ENGINE = MergeTree ORDER BY id;
      INSERT INTO zones VALUES (1, 'UTC');
      CREATE DICTIONARY zone_names (id UInt64, zone String) PRIMARY KEY id
        SOURCE(CLICKHOUSE(TABLE 'zones')) LAYOUT(FLAT()) LIFETIME(0);
      CREATE TABLE hits (id UInt64, zone String DEFAULT dictGet('zone_names', 'zone', id)) ENGINE = MergeTree ORDER BY id;`),
  });
  await database.insert('hits', [{ id: 1 }]);
  await expect(database).toHaveRow('hits', { id: 1, zone: 'UTC' });
  await expect(database).toBeValid();
});

test('rows that expire stay in a template, and validation warns of them', async ({ lease, file }) => {
  const database = await lease({
    tables: file(`CREATE TABLE old (id UInt64, at DateTime) ENGINE = MergeTree ORDER BY id TTL at + INTERVAL 30 DAY;
      CREATE TABLE young (id UInt64, at DateTime) ENGINE = MergeTree ORDER BY id TTL at + INTERVAL 300 YEAR;
      INSERT INTO old SELECT number, '2024-01-01 00:00:00' FROM numbers(5);
      INSERT INTO young SELECT number, '2024-01-01 00:00:00' FROM numbers(5);`),
  });
  const { passed, checks } = await database.validate();
  expect(passed).toBe(true);
  expect(checks.filter(({ warning }) => warning)).toEqual([
    {
      category: 'data',
      check: 'no row of the dataset has expired by its TTL',
      expected: 'none',
      found: 'old: up to 5 rows, the first since 2024-01-31',
      passed: true,
      warning: true,
    },
  ]);
});

test('what a SET allowed is restored, whatever it was', async ({ lease, file }) => {
  const database = await lease({
    tables: file(`SET allow_suspicious_low_cardinality_types = 1, allow_suspicious_fixed_string_types = 1;
      SET flatten_nested = 0, allow_suspicious_codecs = 1;
      CREATE TABLE odd (id LowCardinality(UInt64), f FixedString(300) CODEC(NONE, LZ4), n Nested(a UInt8, b String)) ENGINE = MergeTree ORDER BY id;
      INSERT INTO odd (id, n) VALUES (1, [(1, 'a')]);`),
  });
  await database.snapshot('before');
  await database.client.command({ query: 'DROP TABLE odd SYNC' });
  await database.restore('before');
  await expect(database).toBeUnchanged();
  expect(await database.query('SELECT n FROM odd')).toEqual([{ n: [{ a: 1, b: 'a' }] }]);
});

test('a view that refreshes by itself changes no template and no snapshot', async ({ lease, file }) => {
  const database = await lease({
    tables: file(`CREATE TABLE ticks (at DateTime64(9)) ENGINE = MergeTree ORDER BY at;
      CREATE MATERIALIZED VIEW clock REFRESH EVERY 1 SECOND APPEND TO ticks EMPTY AS SELECT now64(9) AS at;`),
  });
  await database.snapshot('before');
  await expect.poll(() => database.query('SELECT toBool(count() > 1) AS ticks FROM ticks')).toEqual([{ ticks: true }]);
  await database.client.command({ query: 'SYSTEM STOP VIEW clock' });
  for (const since of [undefined, 'before'])
    expect((await database.diff(since)).tables).toMatchObject([{ table: 'ticks', counts: { deleted: 0 } }]);
});
