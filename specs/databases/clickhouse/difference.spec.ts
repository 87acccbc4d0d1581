import { expect, test } from '../../../fixtures/index.ts';
import { describeDifference } from '../../../helpers/stores/differences/index.ts';

test('an untouched database has no difference', async ({ clickhouse }) => {
  expect(await clickhouse.diff()).toEqual({ tables: [], definitions: [] });
});

test('a difference names what was inserted, changed and deleted', async ({ clickhouse }) => {
  await clickhouse.insert('users', [{ id: 4, display_name: 'Ana' }]);
  await clickhouse.client.command({ query: "ALTER TABLE users UPDATE display_name = 'Changed' WHERE id = 1" });
  await clickhouse.client.command({ query: 'DELETE FROM users WHERE id = 2' });

  const { tables, definitions } = await clickhouse.diff();

  expect(definitions).toEqual([]);
  expect(tables).toEqual([
    expect.objectContaining({
      table: 'users',
      counts: { inserted: 1, changed: 1, deleted: 1 },
      inserted: [expect.objectContaining({ id: 4, display_name: 'Ana' })],
      changed: [
        {
          before: expect.objectContaining({ id: 1 }),
          after: expect.objectContaining({ id: 1, display_name: 'Changed' }),
        },
      ],
      deleted: [expect.objectContaining({ id: 2 })],
    }),
  ]);
});

test('equal rows are counted', async ({ clickhouse }) => {
  await clickhouse.client.command({ query: 'INSERT INTO events SELECT * FROM events WHERE id = 1' });
  const { tables } = await clickhouse.diff();
  expect(tables).toMatchObject([{ table: 'events', counts: { inserted: 1, changed: 0, deleted: 0 } }]);
});

test('a difference counts all rows, however many', async ({ clickhouse }) => {
  await clickhouse.client.command({ query: 'CREATE TABLE many (id UInt32, v UInt8) ENGINE = MergeTree ORDER BY id' });
  await clickhouse.client.command({ query: 'INSERT INTO many SELECT number, 0 FROM numbers(10001)' });
  await clickhouse.snapshot('before');
  await clickhouse.client.command({ query: 'ALTER TABLE many UPDATE v = 1 WHERE 1' });
  await clickhouse.client.command({ query: 'INSERT INTO many SELECT number, 0 FROM numbers(10001, 10001)' });

  const { tables } = await clickhouse.diff('before');

  expect(tables).toMatchObject([{ table: 'many', counts: { inserted: 10_001, changed: 10_001, deleted: 0 } }]);
  expect(tables[0]!.changed.filter((row) => row.before['id'] === row.after['id'])).toHaveLength(20);
});

test('a difference names changed definitions', async ({ clickhouse }) => {
  await clickhouse.client.command({ query: 'ALTER TABLE users ADD COLUMN nickname String' });
  await clickhouse.client.command({ query: 'DROP TABLE events' });
  await clickhouse.client.command({ query: 'CREATE VIEW names AS SELECT display_name FROM users' });

  const { tables, definitions } = await clickhouse.diff();

  expect(tables.map(({ table, counts }) => ({ table, ...counts }))).toEqual([
    { table: 'events', inserted: 0, changed: 0, deleted: 5 },
  ]);
  expect(
    definitions.map(({ kind, name, before, after }) => ({
      kind,
      name,
      gone: after === undefined,
      come: before === undefined,
    })),
  ).toEqual([
    { kind: 'table', name: 'events', gone: true, come: false },
    { kind: 'table', name: 'users', gone: false, come: false },
    { kind: 'view', name: 'names', gone: false, come: true },
  ]);
});

test('rows that a merge will combine are not a difference', async ({ clickhouse }) => {
  await clickhouse.client.command({
    query: 'CREATE TABLE totals (day Date, hits UInt64) ENGINE = SummingMergeTree ORDER BY day',
  });
  await clickhouse.client.command({ query: 'SYSTEM STOP MERGES totals' });
  for (const hits of [1, 2, 3]) await clickhouse.insert('totals', [{ day: '2026-01-01', hits }]);
  await clickhouse.snapshot('in parts');
  await clickhouse.client.command({ query: 'SYSTEM START MERGES totals' });
  await clickhouse.client.command({ query: 'OPTIMIZE TABLE totals FINAL' });

  await expect(clickhouse).toBeUnchanged('in parts');
});

const alike: Record<string, readonly [type: string, before: string, after: string]> = {
  'large integers': ['UInt64', '9007199254740993', '9007199254740992'],
  'decimals of many digits': [
    'Decimal(38, 10)',
    "'12345678901234567890.0000000001'",
    "'12345678901234567890.0000000002'",
  ],
  'infinity and not a number': ['Float64', 'nan', 'inf'],
  'bytes that are no text': ['String', "unhex('ff')", "unhex('fe')"],
};

for (const [what, [type, before, after]] of Object.entries(alike)) {
  test(`${what} differ even when they print alike`, async ({ clickhouse }) => {
    await clickhouse.client.command({
      query: `CREATE TABLE odd (id UInt8, v ${type}, e UInt8 EPHEMERAL) ENGINE = MergeTree ORDER BY id`,
    });
    await clickhouse.client.command({ query: `INSERT INTO odd (id, v) SELECT 1, ${before}` });
    await clickhouse.snapshot('before');
    await clickhouse.client.command({ query: `ALTER TABLE odd UPDATE v = CAST(${after}, '${type}') WHERE 1` });
    expect(await clickhouse.diff('before')).toMatchObject({
      tables: [{ table: 'odd', counts: { inserted: 0, changed: 1, deleted: 0 } }],
    });
  });
}

test('a difference is printed as readable text', async ({ clickhouse }) => {
  await clickhouse.snapshot('before');
  await clickhouse.insert('users', [{ id: 4, display_name: 'Ana "Banana"', created_at: '2026-01-01T12:00:00Z' }]);
  expect(describeDifference(await clickhouse.diff('before'))).toBe(
    'users  1 inserted\n  + id: 4, display_name: "Ana \\"Banana\\"", status: "", created_at: "2026-01-01 12:00:00.000"',
  );
});

test('toHaveRow refuses an unknown column', async ({ clickhouse }) => {
  await clickhouse.client.command({
    query: 'CREATE TABLE notes (id UInt64, line Nullable(String)) ENGINE = MergeTree ORDER BY id',
  });
  await clickhouse.client.command({ query: 'INSERT INTO notes VALUES (9007199254740993, NULL)' });

  await expect(clickhouse).toHaveRow('notes', { id: 9_007_199_254_740_993n, line: null });
  await expect(expect(clickhouse).toHaveRow('notes', { line: undefined })).rejects.toThrow(
    'No value for line (undefined): write null for NULL, or leave the column out.',
  );
});

test('a difference shows no password', async ({ clickhouse }) => {
  await clickhouse.client.command({
    query: `CREATE DICTIONARY names (id UInt64) PRIMARY KEY id
      SOURCE(CLICKHOUSE(TABLE 'users' USER 'ana' PASSWORD 'it''s secret')) LAYOUT(FLAT()) LIFETIME(0)`,
  });
  const difference = describeDifference(await clickhouse.diff());
  expect(difference).toContain("USER 'ana' PASSWORD '(hidden ");
  expect(difference).not.toContain('secret');
});

test('rows that wait in a Buffer table are a difference, and in a snapshot', async ({ clickhouse }) => {
  await clickhouse.client.command({
    query: `CREATE TABLE waiting AS users ENGINE = Buffer(${clickhouse.name}, users, 1, 600, 600, 1000000, 1000000, 100000000, 100000000)`,
  });
  await clickhouse.insert('waiting', [{ id: 1000 }]);
  expect((await clickhouse.diff()).tables).toMatchObject([{ table: 'users', counts: { inserted: 1 } }]);

  await clickhouse.insert('waiting', [{ id: 1001 }]);
  await clickhouse.snapshot('both');
  await clickhouse.client.command({ query: 'TRUNCATE TABLE users' });
  await clickhouse.restore('both');
  await expect(clickhouse).toHaveRow('users', { id: 1001 });
});
