import { expect, test } from '../../../fixtures/index.ts';

test.use({ tables: 'events', dataset: 'basic_workflow' });

test('a pristine database passes every check of all five categories', async ({ clickhouse }) => {
  const { passed, checks } = await clickhouse.validate();

  expect(checks.filter((check) => !check.passed)).toEqual([]);
  expect(passed).toBe(true);
  expect([...new Set(checks.map(({ category }) => category))]).toEqual([
    'connection',
    'schema',
    'data',
    'performance',
    'isolation',
  ]);
});

interface Damage {
  readonly sql: string;
  readonly category: string;
  readonly found: string | RegExp;
}

const damages: Record<string, Damage> = {
  'events of nobody': {
    sql: "INSERT INTO events (id, user_id, name, occurred_at) VALUES (9000, 4711, 'export', '2025-12-05 00:00:00')",
    category: 'data',
    found: '1 orphans',
  },
  'a missing table': { sql: 'DROP TABLE events_daily', category: 'schema', found: /table events_daily is missing/ },
  'an altered column': {
    sql: 'ALTER TABLE events MODIFY COLUMN duration_ms UInt64',
    category: 'schema',
    found: /table events was altered/,
  },
  'a view that cannot be read': {
    sql: 'ALTER TABLE events RENAME COLUMN user_id TO uid',
    category: 'schema',
    found: /active_users: /,
  },
  'a materialized view whose table has another column': {
    sql: 'ALTER TABLE events RENAME COLUMN duration_ms TO ms',
    category: 'schema',
    found: /events_daily_fill: /,
  },
  'a dictionary whose table is gone': {
    sql: "CREATE DICTIONARY names (id UInt64, name String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'gone' {login})) LAYOUT(FLAT()) LIFETIME(0)",
    category: 'schema',
    found: /names: .*gone/,
  },
  'a dictionary that names a column that is not there': {
    sql: "CREATE DICTIONARY names (id UInt64, surname String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'users' {login})) LAYOUT(CACHE(SIZE_IN_CELLS 9)) LIFETIME(9)",
    category: 'schema',
    found: /names: .*surname/,
  },
  'a detached part': { sql: 'ALTER TABLE events DETACH PARTITION 202512', category: 'data', found: /^events 202512/ },
  'a mutation that is not done': {
    sql: "ALTER TABLE events DELETE WHERE throwIf(id > 0, 'never') SETTINGS mutations_sync = 0",
    category: 'data',
    found: /DELETE WHERE throwIf/,
  },
};

for (const [what, { sql, category, found }] of Object.entries(damages)) {
  test(`validation reports ${what}`, async ({ clickhouse }) => {
    const { username, password } = new URL(clickhouse.url);
    await clickhouse.client.command({ query: sql.replace('{login}', `USER '${username}' PASSWORD '${password}'`) });

    const { passed, checks } = await clickhouse.validate();
    expect(passed).toBe(false);
    const failed = checks.filter((check) => !check.passed && check.category === category).map((check) => check.found);
    expect(failed).toContainEqual(typeof found === 'string' ? found : expect.stringMatching(found));
  });
}

test('validation reports a query that is still running', async ({ clickhouse }) => {
  const controller = new AbortController();
  const running = clickhouse.client
    .command({
      query: 'SELECT sleepEachRow(1) FROM numbers(60) SETTINGS max_block_size = 1 FORMAT Null',
      abort_signal: controller.signal,
    })
    .catch(() => undefined);

  await expect
    .poll(
      async () =>
        (await clickhouse.validate()).checks.find(({ check }) => check === 'no query is still running')?.found,
      { intervals: [20] },
    )
    .toMatch(/sleepEachRow/);
  controller.abort();
  await running;
});

test('validation reports a dropped database', async ({ clickhouse }) => {
  await clickhouse.client.command({ query: `DROP DATABASE ${clickhouse.name}` });

  const { passed, checks } = await clickhouse.validate();
  expect(passed).toBe(false);
  expect(checks).toContainEqual(
    expect.objectContaining({
      category: 'schema',
      passed: false,
      found: expect.stringContaining('table users is missing'),
    }),
  );
});

test.describe('with tables of its own', () => {
  test.use({
    tables: {
      name: 'unusual',
      create: async (client) => {
        for (const query of [
          'CREATE TABLE users (id UInt64) ENGINE = MergeTree ORDER BY id',
          'CREATE TABLE visits (user_id Nullable(UInt64)) ENGINE = MergeTree ORDER BY tuple()',
          'INSERT INTO visits VALUES (0), (NULL)',
          'CREATE TABLE devices (user_id UUID) ENGINE = MergeTree ORDER BY tuple()',
          'INSERT INTO devices VALUES (generateUUIDv4())',
          'CREATE VIEW visits_of AS SELECT * FROM visits WHERE user_id = {user:UInt64}',
          `CREATE VIEW "braces" AS SELECT '{a:b}' AS "{a:b}"`,
        ])
          await client.command({ query });
      },
    },
    dataset: 'empty',
  });

  test('validation accuses nothing that the tables came with', async ({ clickhouse }) => {
    await expect(clickhouse).toBeValid();
    await clickhouse.insert('visits', [{ user_id: 7 }]);
    await expect(expect(clickhouse).toBeValid()).rejects.toThrow('every row of visits is of a user that is known');
  });
});
