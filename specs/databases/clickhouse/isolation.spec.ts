import { createClient } from '@clickhouse/client';
import { expect, test as base } from '../../../fixtures/index.ts';
import type { ClickHouseDatabase } from '../../../helpers/stores/clickhouse/index.ts';

const test = base.extend<{
  /** The name of another database on the same server, with a table `secrets`, like another worker's. */
  neighbour: string;
}>({
  neighbour: async ({ _clickhouseServer: { url, admin }, clickhouse }, use) => {
    const name = `${clickhouse.name}0`; // worker 0's neighbour is 00, which never exists
    const client = createClient({ url, username: admin.user, password: admin.password });
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${name}` });
    await client.command({
      query: `CREATE TABLE IF NOT EXISTS ${name}.secrets (id UInt8) ENGINE = MergeTree ORDER BY id`,
    });
    await use(name);
    expect(await (await client.query({ query: `SHOW TABLES FROM ${name}`, format: 'JSONEachRow' })).json()).toEqual([
      { name: 'secrets' },
    ]);
    await client.command({ query: `DROP DATABASE ${name}` });
    await client.close();
  },
});

// Each test of the first part looks for traces of all others, then leaves its own. So each proves its isolation from
// the tests before it in the same worker, and from those in parallel workers.

const litter: Record<string, (clickhouse: ClickHouseDatabase) => Promise<unknown>> = {
  rows: (clickhouse) => clickhouse.insert('users', [{ id: 1000, display_name: 'Litter' }]),
  'rows on their way': ({ client }) =>
    client.insert({
      table: 'users',
      values: [{ id: 1001, display_name: 'Late' }],
      format: 'JSONEachRow',
      clickhouse_settings: {
        async_insert: 1,
        wait_for_async_insert: 0,
        async_insert_busy_timeout_min_ms: 2_000,
        async_insert_busy_timeout_max_ms: 2_000,
        async_insert_use_adaptive_busy_timeout: 0,
      },
    }),
  'deleted rows': ({ client }) => client.command({ query: 'DELETE FROM users WHERE 1' }),
  'a mutation under way': ({ client }) =>
    client.command({
      query: 'ALTER TABLE users DELETE WHERE sleepEachRow(0.1) = 0',
      clickhouse_settings: { mutations_sync: '0' },
    }),
  'a query under way that would write': async ({ client }) => {
    const controller = new AbortController();
    const running = client
      .command({
        query:
          'INSERT INTO users (id) SELECT number FROM numbers(100) WHERE sleepEachRow(0.1) = 0 SETTINGS max_block_size = 1, min_insert_block_size_rows = 1, min_insert_block_size_bytes = 1',
        abort_signal: controller.signal,
      })
      .catch(() => undefined);
    await expect
      .poll(
        async () =>
          (
            await client.query({ query: 'SELECT count() AS rows FROM users WHERE id < 100', format: 'JSONEachRow' })
          ).json(),
        { intervals: [20] },
      )
      .not.toEqual([{ rows: 3 }]);
    controller.abort(); // the server continues the query
    await running;
  },
  'a detached part': ({ client }) => client.command({ query: 'ALTER TABLE users DETACH PARTITION tuple()' }),
  'a new table': ({ client }) => client.command({ query: 'CREATE TABLE litter (id UInt8) ENGINE = Memory' }),
  'a dropped table': ({ client }) => client.command({ query: 'DROP TABLE events' }),
  'an altered table': ({ client }) => client.command({ query: 'ALTER TABLE users RENAME COLUMN display_name TO name' }),
  'a detached table': ({ client }) => client.command({ query: 'DETACH TABLE users PERMANENTLY' }),
  'a detached table of its own': async ({ client }) => {
    await client.command({ query: 'CREATE TABLE own (id UInt8) ENGINE = MergeTree ORDER BY id' });
    await client.command({ query: 'DETACH TABLE own' });
  },
  'rows in a buffer': async ({ client, name }) => {
    await client.command({
      query: `CREATE TABLE waiting AS users ENGINE = Buffer(${name}, users, 1, 600, 600, 1000000, 1000000, 100000000, 100000000)`,
    });
    await client.command({ query: 'INSERT INTO waiting (id) VALUES (1000)' });
  },
  'another kind of database': async ({ url, name }) => {
    const { username, password, origin } = new URL(url);
    for (const query of [`DROP DATABASE ${name}`, `CREATE DATABASE ${name} ENGINE = Memory`]) {
      const { ok } = await fetch(origin, {
        method: 'POST',
        body: query,
        headers: { 'x-clickhouse-user': username, 'x-clickhouse-key': password },
      });
      expect(ok, query).toBe(true);
    }
  },
  'merges that were stopped': ({ client }) => client.command({ query: 'SYSTEM STOP MERGES users' }),
  'the dropped database': ({ client, name }) => client.command({ query: `DROP DATABASE ${name}` }),
};

for (const [what, leave] of Object.entries(litter)) {
  test(`a test finds a pristine database and leaves ${what}`, async ({ clickhouse }) => {
    await expect(clickhouse).toBeUnchanged();
    await expect(clickhouse).toBeValid();
    await leave(clickhouse);
  });
}

test('merges run again after a test has stopped them', async ({ _clickhouseWorker }) => {
  const recipe = { tables: 'basic', dataset: 'minimal' } as const;
  const stopper = await _clickhouseWorker.lease(recipe);
  await stopper.database.client.command({ query: 'SYSTEM STOP MERGES users' });
  await stopper.end();

  const {
    database: { client },
    end,
  } = await _clickhouseWorker.lease(recipe);
  await expect(
    client.command({
      query: "ALTER TABLE users UPDATE display_name = 'Merged' WHERE 1",
      clickhouse_settings: { mutations_sync: '1', max_execution_time: 10 },
    }),
  ).resolves.toBeDefined();
  await end();
});

for (let writer = 1; writer <= 4; writer++) {
  test(`parallel writer ${writer} uses the same keys as the other writers`, async ({ clickhouse }, {
    parallelIndex,
  }) => {
    expect(clickhouse.name).toMatch(new RegExp(`_w${parallelIndex}$`));
    for (let id = 100; id < 110; id++) await clickhouse.insert('users', [{ id, display_name: `writer ${writer}` }]);
    expect(await clickhouse.query('SELECT DISTINCT display_name FROM users WHERE id >= 100')).toEqual([
      { display_name: `writer ${writer}` },
    ]);
    await expect(clickhouse).toHaveRows('users', 13);
  });
}

test.describe("another worker's database", () => {
  const secret = 'SELECT * FROM {neighbour}.secrets';
  const denied = { code: '497', type: 'ACCESS_DENIED' };

  const attempts: readonly { readonly sql: string; readonly refusal: Record<string, unknown> }[] = [
    { sql: secret, refusal: denied },
    { sql: "SELECT * FROM remote('127.0.0.1', '{neighbour}.secrets')", refusal: denied },
    {
      sql: "SELECT * FROM merge('{neighbour}', '.*')",
      refusal: { code: '636', type: 'CANNOT_EXTRACT_TABLE_STRUCTURE' },
    },
    { sql: 'CREATE VIEW peep AS SELECT * FROM {neighbour}.secrets', refusal: denied },
    { sql: 'CREATE TABLE mine CLONE AS {neighbour}.secrets', refusal: denied },
    { sql: 'INSERT INTO {neighbour}.secrets VALUES (1)', refusal: denied },
    { sql: 'ALTER TABLE {neighbour}.secrets DELETE WHERE 1', refusal: denied },
    { sql: 'DROP TABLE {neighbour}.secrets', refusal: denied },
    { sql: 'DROP DATABASE {neighbour}', refusal: denied },
    { sql: 'RENAME TABLE {neighbour}.secrets TO mine', refusal: denied },
    { sql: 'CREATE TABLE {neighbour}.intruder (id UInt8) ENGINE = Memory', refusal: denied },
  ];

  test("a neighbour's database cannot be read, written, altered or dropped", async ({ clickhouse, neighbour }) => {
    for (const { sql, refusal } of attempts)
      await expect(
        clickhouse.client.command({ query: sql.replaceAll('{neighbour}', neighbour) }),
        sql,
      ).rejects.toMatchObject(refusal);
  });

  test("a neighbour's database is not listed", async ({ clickhouse, neighbour }) => {
    expect(await clickhouse.query("SHOW DATABASES NOT LIKE 'system'")).toEqual([{ name: clickhouse.name }]);
    expect(await clickhouse.query(`SHOW TABLES FROM ${neighbour}`)).toEqual([]);
    for (const table of ['tables', 'columns'])
      expect(
        await clickhouse.query(`SELECT database FROM system.${table} WHERE database = '${neighbour}'`),
        table,
      ).toEqual([]);
  });

  test("the server's logs and files are out of reach", async ({ clickhouse, _clickhouseServer: { url, admin } }) => {
    const administrator = createClient({ url, username: admin.user, password: admin.password });
    // Creates the log, to which access must be refused.
    await administrator.command({ query: 'SYSTEM FLUSH LOGS query_log' });
    await administrator.close();
    for (const sql of [
      'SELECT query FROM system.query_log',
      'SELECT query FROM system.processes',
      "SELECT * FROM url('http://127.0.0.1', 'LineAsString')",
      'SYSTEM FLUSH LOGS',
      'CREATE USER intruder',
      'CREATE FUNCTION intruder AS x -> x',
    ]) {
      await expect(clickhouse.client.command({ query: sql }), sql).rejects.toMatchObject(denied);
    }
    // The local engine has no current directory, and fails on that before it checks the grant.
    await expect(
      clickhouse.client.command({ query: "SELECT * FROM file('/etc/passwd', 'LineAsString')" }),
    ).rejects.toThrow(/Not enough privileges|current_path/);
  });

  test('without a password nothing is read', async ({ clickhouse, neighbour, _clickhouseServer }) => {
    for (const sql of [
      secret.replace('{neighbour}', neighbour),
      `SELECT * FROM ${clickhouse.name}.users`,
      "SELECT * FROM file('/etc/passwd', 'LineAsString')",
      'SELECT * FROM system.processes',
    ]) {
      const answer = await fetch(_clickhouseServer.url, { method: 'POST', body: sql });
      expect([401, 403, 404], sql).toContain(answer.status);
    }
  });
});
