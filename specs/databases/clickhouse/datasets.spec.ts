import { expect, test } from '../../../fixtures/index.ts';

const sizes = [
  { dataset: 'minimal', users: 3, events: 5 },
  { dataset: 'basic_workflow', users: 10, events: 50 },
  { dataset: 'multi_user', users: 25, events: 150 },
  { dataset: 'performance', users: 100, events: 1000 },
  { dataset: 'analytics', users: 50, events: 2000 },
] as const;

for (const { dataset, users, events } of sizes) {
  test.describe(dataset, () => {
    test.use({ tables: 'events', dataset });

    test(`${dataset} has ${users} users with ${events} events`, async ({ clickhouse }) => {
      await expect(clickhouse).toHaveRows('users', users);
      await expect(clickhouse).toHaveRows('events', events);
      expect(await clickhouse.query('SELECT toUInt32(sum(events)) AS events FROM events_daily')).toEqual([{ events }]);
      await expect(clickhouse).toBeValid();
    });
  });
}

test.describe('performance, scaled', () => {
  test.use({ dataset: { name: 'performance', scaleFactor: 3 } });

  test('a scale factor multiplies every size', async ({ clickhouse }) => {
    await expect(clickhouse).toHaveRows('users', 300);
    await expect(clickhouse).toHaveRows('events', 3000);
  });
});

test.describe('metrics', () => {
  test.use({ tables: 'metrics', dataset: 'analytics' });

  test('every event has a metric in its hourly aggregate', async ({ clickhouse }) => {
    await expect(clickhouse).toHaveRows('metrics', 2000);
    expect(await clickhouse.query('SELECT toUInt32(countMerge(samples)) AS samples FROM metrics_hourly')).toEqual([
      { samples: 2000 },
    ]);
    const [longest] = await clickhouse.query<{ p95: number }>(
      'SELECT max(value) AS longest, quantile(0.95)(value) AS p95 FROM metrics',
    );
    expect(longest!.p95).toBeGreaterThan(100);
    await expect(clickhouse).toBeValid();
  });
});

test.describe('empty', () => {
  test.use({ dataset: 'empty' });

  test('the empty dataset has no rows', async ({ clickhouse }) => {
    await expect(clickhouse).toHaveRows('users', 0);
  });
});

test('a dataset has the same rows in every run', async ({ clickhouse }) => {
  const [span] = await clickhouse.query(
    'SELECT toString(min(occurred_at)) AS earliest, toString(max(occurred_at)) AS latest FROM events',
  );
  expect(span).toEqual({ earliest: '2025-12-15 13:19:49.988', latest: '2025-12-23 20:55:43.510' });
});

test.describe('custom tables and datasets', () => {
  test.use({
    tables: {
      name: 'clicks',
      create: async (client) =>
        void (await client.command({ query: 'CREATE TABLE clicks (page String) ENGINE = MergeTree ORDER BY page' })),
    },
    dataset: {
      name: 'two clicks',
      insert: async (client) =>
        void (await client.insert({
          table: 'clicks',
          values: [{ page: '/' }, { page: '/about' }],
          format: 'JSONEachRow',
        })),
    },
  });

  test('a test can bring its own functions as tables and dataset', async ({ clickhouse }) => {
    await expect(clickhouse).toHaveRows('clicks', 2);
  });
});

test.describe('tables from a file', () => {
  test.use({ tables: './tables/visits.sql', dataset: 'empty' });

  test('an SQL file can be the set of tables', async ({ clickhouse }) => {
    await expect(clickhouse).toHaveRow('visits', { page: 'a; b', note: "it's" });
  });
});
