import { expect, test } from '../../../fixtures/index.ts';

const sizes = [
  { dataset: 'minimal', users: 3, threads: 2, messages: 5 },
  { dataset: 'basic_workflow', users: 10, threads: 15, messages: 50 },
  { dataset: 'multi_user', users: 25, threads: 40, messages: 150 },
  { dataset: 'performance', users: 100, threads: 200, messages: 1000 },
] as const;

for (const { dataset, users, threads, messages } of sizes) {
  test.describe(dataset, () => {
    test.use({ schema: 'thread_messages', dataset });

    test(`${dataset} has ${users} users, ${threads} threads and ${messages} messages`, async ({ postgres }) => {
      await expect(postgres).toHaveRows('users', users);
      await expect(postgres).toHaveRows('threads', threads);
      await expect(postgres).toHaveRows('messages', messages);
      await expect(postgres).toBeValid();
    });
  });
}

test.describe('analytics', () => {
  test.use({ schema: 'thread_messages', dataset: 'analytics' });

  test('analytics has 50 users with 2,000 events', async ({ postgres }) => {
    await expect(postgres).toHaveRows('users', 50);
    await expect(postgres).toHaveRows('events', 2000);
    expect(await postgres.query('SELECT count(*)::int AS strangers FROM events WHERE user_id NOT IN (SELECT id FROM users)')).toEqual([{ strangers: 0 }]);
  });
});

test.describe('performance, scaled', () => {
  test.use({ schema: 'thread_messages', dataset: { name: 'performance', scaleFactor: 2 } });

  test('a scale factor multiplies every size', async ({ postgres }) => {
    await expect(postgres).toHaveRows('users', 200);
    await expect(postgres).toHaveRows('threads', 400);
    await expect(postgres).toHaveRows('messages', 2000);
  });
});

test.describe('empty', () => {
  test.use({ dataset: 'empty' });

  test('empty has none', async ({ postgres }) => {
    await expect(postgres).toHaveRows('users', 0);
  });
});

test('the rows are the same in every run', async ({ postgres }) => {
  const [first] = await postgres.query('SELECT min(created_at) AS earliest, max(created_at) AS latest FROM messages');
  expect(first).toEqual({ earliest: new Date('2025-12-15T13:19:49.988Z'), latest: new Date('2025-12-23T20:55:43.510Z') });
});

test('the next row gets a free key', async ({ postgres }) => {
  expect(await postgres.query("INSERT INTO users (email, display_name) VALUES ('next@example.com', 'Next') RETURNING id")).toEqual([{ id: '4' }]);
});

test.describe('of your own', () => {
  test.use({
    dataset: {
      name: 'two friends',
      async load(client) {
        await client.query("INSERT INTO users (email, display_name) VALUES ('ana@example.com', 'Ana'), ('ben@example.com', 'Ben')");
      },
    },
  });

  test('a function is a dataset, too', async ({ postgres }) => {
    await expect(postgres).toHaveRows('users', 2);
    await expect(postgres).toHaveRow('users', { display_name: 'Ben' });
  });
});
