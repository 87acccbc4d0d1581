import { expect, test } from '../../../fixtures/index.ts';

test('a test owns a database with a schema and a few rows', async ({ postgres }) => {
  await expect(postgres).toHaveRows('users', 3);
  await expect(postgres).toHaveRows('threads', 2);
  await expect(postgres).toHaveRows('messages', 5);
});

test('a test reads back what it writes', async ({ postgres }) => {
  const [user] = await postgres.query<{ id: string }>(
    "INSERT INTO users (email, display_name) VALUES ('test@example.com', 'Test User') RETURNING id",
  );

  await expect(postgres).toHaveRow('users', { id: user?.id, email: 'test@example.com', display_name: 'Test User' });
});

test('the code under test connects by URL with any client', async ({ postgres }) => {
  const { Client } = await import('pg');
  const client = new Client(postgres.url);
  await client.connect();
  const { rows } = await client.query('SELECT current_database() AS name');
  await client.end();

  expect(rows).toEqual([{ name: postgres.name }]);
});

test.describe('with another schema and more data', () => {
  test.use({ schema: 'user_management', dataset: 'basic_workflow' });

  test('deleting every user stays in this test', async ({ postgres }) => {
    await expect(postgres).toHaveRows('users', 10);
    await postgres.query('TRUNCATE users CASCADE');
    await expect(postgres).toHaveRows('users', 0);
  });

  test('deleting every user is invisible to other tests', async ({ postgres }) => {
    await expect(postgres).toHaveRows('users', 10);
    await expect(postgres).toBeUnchanged();
    await expect(postgres).toBeValid();
  });
});
