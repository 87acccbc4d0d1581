import { expect, test } from '../../../fixtures/index.ts';

test('a test owns a ClickHouse database with tables and a few rows', async ({ clickhouse }) => {
  const [row] = await clickhouse.query<{ version: string; database: string }>('SELECT version() AS version, currentDatabase() AS database');
  expect(Number.parseInt(row!.version, 10)).toBeGreaterThanOrEqual(26);
  expect(row!.database).toBe(clickhouse.name);
  expect(await clickhouse.query('SELECT count() AS users FROM users')).toEqual([{ users: 3 }]);
});
