import { expect, test } from '../../../fixtures/index.ts';
import type { Databases } from '../../../helpers/stores/databases/index.ts';

test.use({ schema: 'basic', tables: 'events', dataset: 'basic_workflow' });

test('a test that needs both stores asks for one fixture', async ({ databases }) => {
  await expect(databases.postgres).toHaveRows('messages', 50);
  await expect(databases.clickhouse).toHaveRows('events', 50);
  await expect(databases).toBeValid();
});

test('a named snapshot restores both stores', async ({ databases }) => {
  await sendMessage(databases, 'Welcome');
  await databases.snapshot('after sign-up');
  await sendMessage(databases, 'Anybody here?');
  await databases.clickhouse.client.command({ query: 'DROP TABLE users' });
  await databases.postgres.query('DROP TABLE events');

  await databases.restore('after sign-up');

  await expect(databases).toBeUnchanged('after sign-up');
  await expect(databases.postgres).toHaveRows('messages', 51);
  await expect(databases.clickhouse).toHaveRows('events', 51);
  await expect(databases).toBeValid();
});

test('restore without a name returns both stores to the start of the test', async ({ databases }) => {
  await sendMessage(databases, 'Welcome');
  await expect(databases).not.toBeUnchanged();

  await databases.restore();

  await expect(databases).toBeUnchanged();
  await expect(databases).toBeValid();
});

test('a difference names the store it is in', async ({ databases }) => {
  await sendMessage(databases, 'Welcome');
  const { tables } = await databases.diff();
  expect(tables.map(({ table, counts }) => `${table} ${counts.inserted}`)).toEqual([
    'postgres.messages 1',
    'clickhouse.events 1',
    'clickhouse.events_daily 1',
  ]);
});

test('an unknown snapshot is refused, and the error lists the known ones', async ({ databases }) => {
  await expect(databases.restore('first')).rejects.toThrow(
    "There is no snapshot 'first': none was taken in this test.",
  );
});

const disagreements: Record<
  string,
  { readonly damage: (databases: Databases) => Promise<unknown>; readonly found: string }
> = {
  'an event of a user that PostgreSQL does not have': {
    damage: ({ clickhouse }) =>
      clickhouse.insert('events', [{ id: 9000, user_id: 4711, name: 'export', occurred_at: '2025-12-24T18:00:00Z' }]),
    found: 'unknown: 4711',
  },
  'a message that was not told': {
    damage: ({ postgres }) => postgres.query("INSERT INTO messages (thread_id, author_id, body) VALUES (1, 1, 'lost')"),
    found: '50 events',
  },
  'an event that was told twice': {
    damage: ({ clickhouse }) =>
      clickhouse.client.command({ query: 'INSERT INTO events SELECT * FROM events WHERE id = 1' }),
    found: '51 events',
  },
  'a user that was deleted in one of them': {
    damage: ({ clickhouse }) => clickhouse.client.command({ query: 'DELETE FROM users WHERE id = 7' }),
    found: '7 only in PostgreSQL',
  },
};

for (const [what, { damage, found }] of Object.entries(disagreements)) {
  test(`validation finds ${what}`, async ({ databases }) => {
    await damage(databases);
    const { passed, checks } = await databases.validate();
    expect(passed).toBe(false);
    expect(checks.filter((check) => !check.passed).map((check) => check.found)).toContain(found);
  });
}

for (const [dataset, users, events] of [
  ['minimal', 3, 5],
  ['multi_user', 25, 150],
  ['performance', 100, 1000],
  ['analytics', 50, 2000],
] as const) {
  test.describe(`filled with ${dataset}`, () => {
    test.use({ dataset });

    test(`both stores hold the ${users} users and ${events} events of ${dataset}`, async ({ databases }) => {
      await expect(databases.postgres).toHaveRows('users', users);
      await expect(databases.clickhouse).toHaveRows('users', users);
      await expect(databases.clickhouse).toHaveRows('events', events);
      await expect(databases).toBeValid();
    });
  });
}

/** Writes to PostgreSQL and reports it to ClickHouse, as a platform does. */
async function sendMessage({ postgres, clickhouse }: Databases, body: string): Promise<void> {
  const [message] = await postgres.query<{ id: string; created_at: Date }>(
    'INSERT INTO messages (thread_id, author_id, body) VALUES (1, 1, $1) RETURNING id, created_at',
    [body],
  );
  await clickhouse.insert('events', [
    {
      id: message!.id,
      user_id: 1,
      name: 'message_sent',
      properties: { thread: '1' },
      duration_ms: 20,
      occurred_at: message!.created_at,
    },
  ]);
}

test.describe('own checks', () => {
  test.use({
    validations: {
      postgres: { 'every user has an email': "SELECT id FROM users WHERE email = ''" },
      clickhouse: {
        'there are events': async (store) =>
          (await store.query('SELECT 1 FROM events LIMIT 1')).length === 1 ? [] : ['none'],
      },
      databases: { 'both know of it': ({ postgres, clickhouse }) => [postgres.name, clickhouse.name] },
    },
  });

  test('validation makes own checks, of each store and of both', async ({ databases }) => {
    const { passed, checks } = await databases.validate();
    const own = checks.filter(({ expected }) => expected === 'nothing');
    expect(own.map(({ check, found }) => ({ check, found }))).toEqual([
      { check: 'PostgreSQL: every user has an email', found: 'nothing' },
      { check: 'ClickHouse: there are events', found: 'nothing' },
      { check: 'both know of it', found: `"${databases.postgres.name}", "${databases.clickhouse.name}"` },
    ]);
    expect(passed).toBe(false);
  });
});
