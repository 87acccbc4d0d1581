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
    expect(
      await postgres.query('SELECT count(*)::int AS strangers FROM events WHERE user_id NOT IN (SELECT id FROM users)'),
    ).toEqual([{ strangers: 0 }]);
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

  test('the empty dataset has no rows', async ({ postgres }) => {
    await expect(postgres).toHaveRows('users', 0);
  });
});

test('a dataset has the same rows in every run', async ({ postgres }) => {
  const [first] = await postgres.query('SELECT min(created_at) AS earliest, max(created_at) AS latest FROM messages');
  expect(first).toEqual({
    earliest: new Date('2025-12-15T13:19:49.988Z'),
    latest: new Date('2025-12-23T20:55:43.510Z'),
  });
});

test('the next inserted row gets an unused key', async ({ postgres }) => {
  expect(
    await postgres.query("INSERT INTO users (email, display_name) VALUES ('next@example.com', 'Next') RETURNING id"),
  ).toEqual([{ id: '4' }]);
});

test.describe('into a custom schema', () => {
  test.describe('that changes its session', () => {
    test.use({
      schema: {
        name: 'a dump',
        apply: async (client) =>
          void (await client.query(
            "SELECT set_config('search_path', '', false); SET row_security = off; CREATE TABLE public.users (id bigserial PRIMARY KEY, email text)",
          )),
      },
    });

    test('rows are loaded in a session of their own', async ({ postgres }) => {
      await expect(postgres).toHaveRow('users', { id: 3 });
      expect(await postgres.query('INSERT INTO users DEFAULT VALUES RETURNING id')).toEqual([{ id: '4' }]);
    });
  });

  test.describe('with other keys', () => {
    test.use({
      schema: {
        name: 'sequences',
        apply: async (client) =>
          void (await client.query(`
          CREATE TABLE users (id text PRIMARY KEY, display_name text); CREATE SEQUENCE users_seq OWNED BY users.id;
          CREATE TABLE messages (id bigint PRIMARY KEY); CREATE SEQUENCE messages_seq MINVALUE 1000 OWNED BY messages.id;
          CREATE TABLE places (id serial PRIMARY KEY); INSERT INTO places VALUES (0)`)),
      },
    });

    test("only sequences that feed the dataset's keys are advanced", async ({ postgres }) => {
      await expect(postgres).toHaveRow('users', { id: '3' });
      await expect(postgres).toHaveRows('messages', 5);
      expect(
        await postgres.query(
          "SELECT nextval('users_seq')::int AS users, nextval('messages_seq')::int AS messages, nextval('places_id_seq')::int AS places",
        ),
      ).toEqual([{ users: 1, messages: 1000, places: 1 }]);
    });
  });
});

test.describe('custom datasets', () => {
  test.use({
    dataset: {
      name: 'two friends',
      async load(client) {
        await client.query(
          "INSERT INTO users (email, display_name) VALUES ('ana@example.com', 'Ana'), ('ben@example.com', 'Ben')",
        );
      },
    },
  });

  test('a test can bring its own function as dataset', async ({ postgres }) => {
    await expect(postgres).toHaveRows('users', 2);
    await expect(postgres).toHaveRow('users', { display_name: 'Ben' });
  });
});
