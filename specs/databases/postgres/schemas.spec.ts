import path from 'node:path';
import { expect, test } from '../../../fixtures/index.ts';

const folder = path.join(import.meta.dirname, 'schemas');

for (const [schema, tables] of Object.entries({
  basic: ['events', 'messages', 'threads', 'users'],
  user_management: ['audit_log', 'memberships', 'organizations', 'user_sessions', 'users'],
  thread_messages: [
    'attachments',
    'events',
    'message_reactions',
    'messages',
    'thread_participants',
    'threads',
    'users',
  ],
})) {
  test.describe(schema, () => {
    test.use({ schema });

    test(`${schema} is complete and valid`, async ({ postgres }) => {
      const found = await postgres.query<{ name: string }>(
        "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace ORDER BY 1",
      );
      expect(found.map(({ name }) => name)).toEqual(tables);
      await expect(postgres).toBeValid();
    });
  });
}

test.describe('an SQL file', () => {
  test.use({ schema: path.join(folder, 'shop.sql'), dataset: 'empty' });

  test('an SQL file can be the schema', async ({ postgres }) => {
    expect(await postgres.query('SELECT name, in_cents(price) AS cents FROM products ORDER BY id')).toEqual([
      { name: 'tea; green', cents: '350' },
      { name: 'cup', cents: '1200' },
    ]);
  });
});

test.describe('a folder of migrations', () => {
  test.use({ schema: path.join(folder, 'migrations'), dataset: 'empty' });

  test('a folder can be the schema, applied in the order of file names', async ({ postgres }) => {
    await expect(postgres).toHaveRow('accounts', { owner: 'Ana', balance: 10 });
  });
});

test.describe('a function', () => {
  test.use({
    schema: {
      name: 'a table of squares',
      apply: async (client) =>
        void (await client.query('CREATE TABLE squares AS SELECT n, n * n AS square FROM generate_series(1, 10) n')),
    },
    dataset: 'empty',
  });

  test('a function can be the schema', async ({ postgres }) => {
    await expect(postgres).toHaveRow('squares', { n: 7, square: 49 });
  });
});
