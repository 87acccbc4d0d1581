import { createClient } from '@clickhouse/client';
import { expect, test } from '../../../fixtures/index.ts';

test('a test owns a ClickHouse database with tables and a few rows', async ({ clickhouse }) => {
  const rows = await (
    await clickhouse.client.query({
      query: 'SELECT version() AS version, currentDatabase() AS database',
      format: 'JSONEachRow',
    })
  ).json<{ version: string; database: string }>();
  expect(rows).toEqual([{ version: expect.stringMatching(/^(2[6-9]|[3-9]\d)\./), database: clickhouse.name }]);
  await expect(clickhouse).toHaveRows('users', 3);
});

test('a test reads back what it inserts', async ({ clickhouse }) => {
  await clickhouse.insert('users', [{ id: 4, display_name: 'Ana', created_at: new Date('2025-12-31T23:59:59.123Z') }]);
  await expect(clickhouse).toHaveRow('users', {
    id: 4,
    display_name: 'Ana',
    created_at: new Date('2025-12-31T23:59:59.123Z'),
  });
  expect(await clickhouse.query('SELECT display_name FROM users WHERE id = {id: UInt64}', { id: 4 })).toEqual([
    { display_name: 'Ana' },
  ]);
});

test('a table may leave as many merges waiting as on a server of the usual size', async ({ clickhouse }) => {
  const settings = 'number_of_free_entries_in_pool_to_lower_max_size_of_merge = 8';
  await clickhouse.client.command({
    query: `CREATE TABLE many (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS ${settings}`,
  });
  await expect(clickhouse).toHaveRows('many', 0);
});

test('the code under test connects by URL with any client', async ({ clickhouse }) => {
  const answer = await fetch(
    clickhouse.url.replace(/\/\/.*@/, '//').replace(/\/[^/]*$/, `/?database=${clickhouse.name}`),
    {
      method: 'POST',
      body: 'SELECT count() FROM users',
      headers: { authorization: `Basic ${btoa(decodeURIComponent(/\/\/(.*)@/.exec(clickhouse.url)![1]!))}` },
    },
  );
  expect(await answer.text()).toBe('3\n');

  const client = createClient({ url: clickhouse.url });
  expect(
    await (await client.query({ query: 'SELECT count() AS users FROM users', format: 'JSONEachRow' })).json(),
  ).toEqual([{ users: 3 }]);
  await client.close();
});

test.describe('with other tables and more data', () => {
  test.use({ tables: 'events', dataset: 'analytics' });

  test('the analytics dataset can be queried', async ({ clickhouse }) => {
    const [busiest] = await clickhouse.query<{ name: string; events: number }>(
      'SELECT name, sum(events) AS events FROM events_daily GROUP BY name ORDER BY events DESC LIMIT 1',
    );
    expect(busiest).toEqual({ name: 'page_view', events: expect.any(Number) });
    await clickhouse.client.command({ query: 'TRUNCATE TABLE events' });
  });

  test('deleting every event is invisible to other tests', async ({ clickhouse }) => {
    await expect(clickhouse).toHaveRows('events', 2000);
  });
});
