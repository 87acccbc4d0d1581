import { expect, test } from '../../fixtures/index.ts';

test.describe('paths count from the spec that says them', () => {
  test.use({ schema: './postgres/schemas/shop.sql', tables: 'clickhouse/tables/visits.sql', dataset: 'empty' });

  test('a schema and tables are found beside their spec', async ({ postgres, clickhouse }) => {
    await expect(postgres).toHaveRows('products', 2);
    await expect(clickhouse).toHaveRows('visits', 1);
  });

  test('rows that a test loads are found beside its spec', async ({ postgres }) => {
    await postgres.query('CREATE TABLE departments (id int, name text, head int, note text)');
    await postgres.load('./postgres/seed/departments.csv');
    await expect(postgres).toHaveRows('departments', 2);
  });
});

test.describe('a URL is taken from anywhere', () => {
  test.use({
    schema: { path: new URL('./postgres/schemas/shop.sql', import.meta.url) },
    tables: new URL('./clickhouse/tables/visits.sql', import.meta.url),
    dataset: 'empty',
  });

  test('a schema and tables are found by their URLs', async ({ postgres, clickhouse }) => {
    await expect(postgres).toHaveRows('products', 2);
    await expect(clickhouse).toHaveRows('visits', 1);
  });
});
