import { expect, test } from '../../../fixtures/index.ts';

test.use({ tables: 'events', dataset: 'basic_workflow' });

const changes: Record<string, readonly string[]> = {
  'inserted rows': [
    "INSERT INTO events (id, user_id, name, occurred_at) SELECT 9000 + number, 1, 'page_view', toDateTime64('2025-11-05 00:00:00', 3, 'UTC') + INTERVAL number DAY FROM numbers(60)",
  ],
  'rows deleted by a mutation': ['ALTER TABLE events DELETE WHERE user_id = 1'],
  'rows deleted lightly': ['DELETE FROM users WHERE id = 1'],
  'a truncated table': ['TRUNCATE TABLE events'],
  'a dropped table': ['DROP TABLE users'],
  'an added column': ["ALTER TABLE events ADD COLUMN source String DEFAULT 'web'"],
  'a dropped partition': ['ALTER TABLE events DROP PARTITION 202512'],
  'a detached partition': ['ALTER TABLE events DETACH PARTITION 202512'],
  'a new table': ['CREATE TABLE extra ENGINE = MergeTree ORDER BY id AS SELECT id FROM users'],
  'a new table in memory': ['CREATE TABLE extra ENGINE = Memory AS SELECT id FROM users'],
  'a renamed table': ['RENAME TABLE users TO people'],
  'exchanged tables': ['CREATE TABLE other AS users', 'EXCHANGE TABLES users AND other'],
  'a dropped view': ['DROP VIEW active_users'],
  'a changed view': ['CREATE OR REPLACE VIEW active_users AS SELECT 1 AS users'],
  'a dropped materialized view': ['DROP VIEW events_daily_fill'],
  'a new materialized view, and what it gathered': [
    'CREATE MATERIALIZED VIEW by_user ENGINE = SummingMergeTree ORDER BY user_id AS SELECT user_id, count() AS events FROM events GROUP BY user_id',
    "INSERT INTO events (id, user_id, name, occurred_at) VALUES (9000, 1, 'export', '2025-12-05 00:00:00')",
  ],
  'a new dictionary': [
    'CREATE DICTIONARY names (id UInt64, display_name String) PRIMARY KEY id SOURCE(NULL()) LAYOUT(FLAT()) LIFETIME(0)',
  ],
  'an index': ['ALTER TABLE events DROP INDEX events_user_id'],
  'a comment': ["ALTER TABLE events MODIFY COMMENT 'mine'"],
  'the dropped database': ['DROP DATABASE {database}'],
};

for (const [what, statements] of Object.entries(changes)) {
  test(`restore undoes ${what}`, async ({ clickhouse }) => {
    for (const query of statements)
      await clickhouse.client.command({ query: query.replace('{database}', clickhouse.name) });
    await expect(clickhouse).not.toBeUnchanged();

    await clickhouse.restore();

    await expect(clickhouse).toBeUnchanged();
  });
}

test('a snapshot can be restored any number of times', async ({ clickhouse }) => {
  await clickhouse.client.command({
    query:
      'CREATE MATERIALIZED VIEW by_user ENGINE = SummingMergeTree ORDER BY user_id AS SELECT user_id, count() AS events FROM events GROUP BY user_id',
  });
  await clickhouse.client.command({ query: 'CREATE TABLE notes (id UInt8) ENGINE = Memory' });
  await clickhouse.insert('notes', [{ id: 1 }, { id: 2 }]);
  await clickhouse.insert('events', [
    { id: 9000, user_id: 1, name: 'export', occurred_at: new Date('2025-12-24T18:00:00Z') },
  ]);
  await clickhouse.snapshot('prepared');

  for (const damage of [
    'TRUNCATE TABLE by_user',
    'DROP VIEW by_user',
    'INSERT INTO notes VALUES (3)',
    'DROP TABLE events SYNC',
    'ALTER TABLE events DELETE WHERE id = 9000',
  ]) {
    await clickhouse.client.command({ query: damage });
    await expect(clickhouse).not.toBeUnchanged('prepared');
    await clickhouse.restore('prepared');
    await expect(clickhouse, `after ${damage}`).toBeUnchanged('prepared');
  }
  await expect(clickhouse).toHaveRow('events', { id: 9000, name: 'export' });
  await expect(clickhouse).toHaveRow('by_user', { user_id: 1, events: 1 });
});

const prepared: Record<string, { readonly before: readonly string[]; readonly damage: string }> = {
  'a materialized view that keeps its rows in memory': {
    before: [
      'CREATE MATERIALIZED VIEW kept ENGINE = Memory AS SELECT id FROM users',
      'INSERT INTO users (id) VALUES (70)',
    ],
    damage: 'INSERT INTO users (id) VALUES (71)',
  },
  'a materialized view on a table in memory': {
    before: [
      'CREATE TABLE source (id UInt64) ENGINE = Memory',
      'CREATE MATERIALIZED VIEW kept ENGINE = MergeTree ORDER BY id AS SELECT id FROM source',
      'INSERT INTO source VALUES (70)',
    ],
    damage: 'INSERT INTO source VALUES (71)',
  },
  'the rows inside a materialized view being given another column': {
    before: ['CREATE MATERIALIZED VIEW kept ENGINE = MergeTree ORDER BY id AS SELECT id FROM users'],
    damage: 'ALTER TABLE `{inner}` ADD COLUMN extra UInt8 DEFAULT 1',
  },
  'a default that asks another table': {
    before: [
      'CREATE TABLE zones (id UInt64, zone String) ENGINE = Join(ANY, LEFT, id)',
      "INSERT INTO zones VALUES (1, 'UTC')",
      "CREATE TABLE asking (id UInt64, zone String DEFAULT joinGet('{database}.zones', 'zone', id)) ENGINE = MergeTree ORDER BY id",
      'INSERT INTO asking (id) VALUES (1)',
    ],
    damage: 'DROP TABLE asking',
  },
  'rows updated lightly, before and after': {
    before: [
      'CREATE TABLE light (id UInt64, v String) ENGINE = MergeTree ORDER BY id SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1',
      "INSERT INTO light VALUES (1, 'a'), (2, 'b')",
      "UPDATE light SET v = 'x' WHERE id = 1",
    ],
    damage: "UPDATE light SET v = 'y' WHERE id = 2",
  },
  'columns that are computed when a row comes': {
    before: [
      'CREATE TABLE computed (id UInt64, at DateTime64(9) MATERIALIZED now64(9)) ENGINE = Memory',
      'INSERT INTO computed VALUES (1)',
    ],
    damage: 'INSERT INTO computed VALUES (2)',
  },
  'a view with the rights of its definer': {
    before: ['CREATE VIEW defined DEFINER = CURRENT_USER SQL SECURITY DEFINER AS SELECT id FROM users'],
    damage: 'DROP VIEW defined',
  },
  'a table with an odd name': {
    before: [
      "CREATE TABLE `a.b ``c``; 'd'` (`x y` UInt8) ENGINE = MergeTree ORDER BY `x y`",
      "INSERT INTO `a.b ``c``; 'd'` VALUES (1)",
    ],
    damage: "DROP TABLE `a.b ``c``; 'd'`",
  },
};

for (const [what, { before, damage }] of Object.entries(prepared)) {
  test(`a snapshot includes ${what}`, async ({ clickhouse }) => {
    const command = async (sql: string): Promise<unknown> => {
      const [inner] = sql.includes('{inner}')
        ? await clickhouse.query<{ name: string }>("SHOW TABLES LIKE '.inner_id.%'")
        : [];
      return clickhouse.client.command({
        query: sql.replaceAll('{database}', clickhouse.name).replace('{inner}', inner?.name ?? ''),
      });
    };
    for (const sql of before) await command(sql);
    await clickhouse.snapshot('prepared');
    await command(damage);
    await expect(clickhouse).not.toBeUnchanged('prepared');

    await clickhouse.restore('prepared');

    await expect(clickhouse).toBeUnchanged('prepared');
  });
}

test('rows inserted before a restore can be inserted again after it', async ({ clickhouse }) => {
  const insert = (id: number): Promise<unknown> =>
    clickhouse.client.command({ query: `INSERT INTO once VALUES (${id})` });
  await clickhouse.client.command({
    query:
      'CREATE TABLE once (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100',
  });
  await insert(1);
  await clickhouse.snapshot('one');
  await insert(5);
  await clickhouse.restore('one');
  await insert(5);
  await expect(clickhouse).toHaveRows('once', 2);
});

test('a table whose rows cannot be read is refused', async ({ clickhouse }) => {
  await clickhouse.client.command({ query: 'CREATE TABLE ids (id UInt64) ENGINE = Set' });
  await expect(clickhouse.snapshot('one')).rejects.toThrow(
    'Table ids has engine Set, whose rows cannot be read and so not be brought back: use Join or Memory instead.',
  );
});

test('snapshots are independent of each other', async ({ clickhouse }) => {
  for (const id of [1, 2, 3]) {
    await clickhouse.insert('users', [{ id: 100 + id, display_name: `step ${id}` }]);
    await clickhouse.snapshot(`step ${id}`);
  }
  for (const step of [1, 3, 2]) {
    await clickhouse.restore(`step ${step}`);
    await expect(clickhouse).toHaveRows('users', 10 + step);
  }
  await clickhouse.restore();
  await expect(clickhouse).toHaveRows('users', 10);
});

test('a snapshot waits for mutations', async ({ clickhouse }) => {
  await clickhouse.client.command({
    query: 'ALTER TABLE events DELETE WHERE sleepEachRow(0.003) = 0 AND user_id = 1',
    clickhouse_settings: { mutations_sync: '0' },
  });
  await clickhouse.snapshot('after');
  await clickhouse.restore('after');
  expect(await clickhouse.query('SELECT count() AS left FROM events WHERE user_id = 1')).toEqual([{ left: 0 }]);
});

test('restoring ends mutations that are under way', async ({ clickhouse }) => {
  await clickhouse.client.command({
    query: 'ALTER TABLE events DELETE WHERE sleepEachRow(0.1) = 0',
    clickhouse_settings: { mutations_sync: '0' },
  });

  await clickhouse.restore();

  await expect(clickhouse).toBeValid(); // no mutation is left
  await expect(clickhouse).toBeUnchanged();
});

test('restoring ends an INSERT that is under way', async ({ clickhouse }) => {
  const inserting = clickhouse.client.command({
    query: 'INSERT INTO users (id) SELECT number + 1000 FROM numbers(40) WHERE sleepEachRow(0.05) = 0',
    clickhouse_settings: { max_block_size: '1', min_insert_block_size_rows: '1', min_insert_block_size_bytes: '1' },
  });
  const ended = expect(inserting).rejects.toMatchObject({ type: 'QUERY_WAS_CANCELLED' });
  await expect
    .poll(() => clickhouse.query('SELECT id FROM users WHERE id >= 1000 LIMIT 1'), { intervals: [10] })
    .toHaveLength(1);

  await clickhouse.restore();

  await ended;
  await expect(clickhouse).toBeUnchanged();
});

test('a dictionary reloads from its restored source', async ({ clickhouse }) => {
  const { username, password } = new URL(clickhouse.url);
  await clickhouse.client.command({
    query: `CREATE DICTIONARY names (id UInt64, display_name String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'users' DB '${clickhouse.name}' USER '${username}' PASSWORD '${password}')) LAYOUT(FLAT()) LIFETIME(0)`,
  });
  await clickhouse.snapshot('with names');
  const nameOfOne = "SELECT dictGetOrDefault('names', 'display_name', 1::UInt64, 'unknown') AS name";
  const [before] = await clickhouse.query(nameOfOne);
  await clickhouse.client.command({ query: 'TRUNCATE TABLE users' });
  await clickhouse.client.command({ query: 'DETACH DICTIONARY names' });
  await clickhouse.client.command({ query: 'ATTACH DICTIONARY names' });
  expect(await clickhouse.query(nameOfOne)).toEqual([{ name: 'unknown' }]);

  await clickhouse.restore('with names');

  expect(await clickhouse.query(nameOfOne)).toEqual([before]);
});

test('an unknown snapshot is refused, and the error lists the known ones', async ({ clickhouse }) => {
  await expect(clickhouse.restore('first')).rejects.toThrow(
    "There is no snapshot 'first': none was taken in this test.",
  );
  await clickhouse.snapshot('one');
  await expect(clickhouse.restore('first')).rejects.toThrow("There is no snapshot 'first': there are 'one'.");
});
