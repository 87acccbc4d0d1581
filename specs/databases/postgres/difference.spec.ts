import { expect, test } from '../../../fixtures/index.ts';
import { describeDifference } from '../../../helpers/stores/differences/index.ts';

test('a difference names what was inserted, changed and deleted', async ({ postgres }) => {
  await postgres.query("INSERT INTO users (email, display_name) VALUES ('ana@example.com', 'Ana')");
  await postgres.query("UPDATE users SET display_name = 'Bea' WHERE id = 2");
  await postgres.query('DELETE FROM messages WHERE id IN (1, 2)');

  const { tables } = await postgres.diff();

  expect(tables.map(({ table, counts }) => ({ table, ...counts }))).toEqual([
    { table: 'messages', inserted: 0, changed: 0, deleted: 2 },
    { table: 'users', inserted: 1, changed: 1, deleted: 0 },
  ]);
  const users = tables[1]!;
  expect(users.inserted).toEqual([expect.objectContaining({ id: '4', email: 'ana@example.com' })]);
  expect(users.changed).toEqual([
    { before: expect.objectContaining({ id: '2' }), after: expect.objectContaining({ id: '2', display_name: 'Bea' }) },
  ]);
});

test('a difference names changed definitions', async ({ postgres }) => {
  await postgres.query(
    "DROP TABLE events; CREATE VIEW names AS SELECT display_name FROM users; SELECT setval('users_id_seq', 77)",
  );

  const { definitions } = await postgres.diff();

  expect(definitions).toContainEqual(expect.objectContaining({ kind: 'table', name: 'events', after: undefined }));
  expect(definitions).toContainEqual(expect.objectContaining({ kind: 'view', name: 'names', before: undefined }));
  expect(definitions).toContainEqual({ kind: 'sequence position', name: 'users_id_seq', before: '3', after: '77' });
});

test('a new column is one difference, not one for each row', async ({ postgres }) => {
  await postgres.query(
    "ALTER TABLE users ADD COLUMN nickname text; UPDATE users SET display_name = 'Bea' WHERE id = 2",
  );

  expect(describeDifference(await postgres.diff())).toMatch(
    /^users {2}1 changed\n {2}~ id: 2 {2}display_name: .*\n\ncolumn users\.nickname {2}new\n/,
  );
});

test('a difference is printed as readable text', async ({ postgres }) => {
  await postgres.query('CREATE TABLE notes (id int PRIMARY KEY, line text)');
  await postgres.query("INSERT INTO notes VALUES (1, 'one'), (2, 'two'), (3, 'three')");
  await postgres.snapshot('three notes');
  await postgres.query(
    "DELETE FROM notes WHERE id = 1; UPDATE notes SET line = 'zwei' WHERE id = 2; INSERT INTO notes VALUES (4, 'four')",
  );

  expect(describeDifference(await postgres.diff('three notes'))).toBe(
    [
      'notes  1 inserted, 1 changed, 1 deleted',
      '  + id: 4, line: "four"',
      '  ~ id: 2  line: "two" → "zwei"',
      '  - id: 1, line: "one"',
    ].join('\n'),
  );
});

test('equal rows of a table without a key are counted', async ({ postgres }) => {
  await postgres.query("CREATE TABLE ticks (what text); INSERT INTO ticks VALUES ('tick'), ('tick'), ('tick')");
  await postgres.snapshot('three ticks');
  await postgres.query('DELETE FROM ticks WHERE ctid = (SELECT min(ctid) FROM ticks)');

  const { tables } = await postgres.diff('three ticks');
  expect(tables.map(({ counts }) => counts)).toEqual([{ inserted: 0, changed: 0, deleted: 1 }]);
});

test('a difference shows the first of many rows and counts the others', async ({ postgres }) => {
  await postgres.query(
    "INSERT INTO users (email, display_name) SELECT g || '@example.com', 'Many' FROM generate_series(1, 500) g",
  );

  const difference = await postgres.diff();
  expect(difference.tables.map(({ counts, inserted }) => ({ ...counts, shown: inserted.length }))).toEqual([
    { inserted: 500, changed: 0, deleted: 0, shown: 20 },
  ]);
  expect(describeDifference(difference)).toContain('… and 480 more');
});

for (const setting of [
  "search_path = 'nowhere'",
  "TIME ZONE 'Asia/Tokyo'",
  "DateStyle = 'German'",
  'quote_all_identifiers = on',
]) {
  test(`SET ${setting} in a session is not a difference`, async ({ postgres }) => {
    await postgres.query(`SET ${setting}`);

    await expect(postgres).toBeUnchanged();
  });
}

test('changed database settings are one difference', async ({ postgres }) => {
  await postgres.query(
    `ALTER DATABASE "${postgres.name}" SET timezone = 'Asia/Tokyo'; ALTER DATABASE "${postgres.name}" SET search_path = 'nowhere'`,
  );

  expect(await postgres.diff()).toEqual({
    tables: [],
    definitions: [
      { kind: 'settings', name: 'database', before: undefined, after: 'TimeZone=Asia/Tokyo, search_path=nowhere' },
    ],
  });
});

test('a row-level policy hides no row from a difference', async ({ postgres, _postgresServer }) => {
  await postgres.query("UPDATE users SET display_name = 'Bea'");
  await postgres.query('ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY');

  const [role] = await postgres.query(
    'SELECT rolsuper OR rolbypassrls AS "isFree" FROM pg_roles WHERE rolname = current_user',
  );
  const changed = postgres.diff().then(({ tables }) => tables.map(({ table, counts }) => `${counts.changed} ${table}`));
  const found = await changed.catch((error: unknown) => (error as Error).message);
  // Row-level security binds an ordinary role.
  const refusal = 'query would be affected by row-level security policy for table "users"';
  expect(found).toEqual(_postgresServer.owned || role?.['isFree'] === true ? ['3 users'] : refusal);
});

test('diff gives up when a lock is held too long', async ({ postgres }) => {
  const holder = await postgres.pool.connect();
  await holder.query('BEGIN; LOCK TABLE users');

  await expect(postgres.diff()).rejects.toThrow('canceling statement due to lock timeout');
});

test("a matcher's message says what it found", async ({ postgres }) => {
  await postgres.query("UPDATE users SET display_name = 'Bea' WHERE id = 2");

  await expect(expect(postgres).toHaveRows('users', 5)).rejects.toThrow('Expected users to have 5 rows, and it has 3.');
  await expect(expect(postgres).toHaveRow('users', { id: 2, display_name: 'Ben' })).rejects.toThrow(
    /Expected a row of users to have \{"id":2,"display_name":"Ben"\}, but there is none; closest:\n.*"display_name": ?"Bea"/,
  );
  await expect(expect(postgres).toHaveRow('users', { nick: 'Bea' })).rejects.toThrow(
    'users has no column nick: it has id, email, display_name, created_at.',
  );
  await expect(expect(postgres).toBeUnchanged()).rejects.toThrow(
    /differs:\n\nusers {2}1 changed\n {2}~ id: 2 {2}display_name: ".+" → "Bea"/,
  );
});

test('toHaveRow refuses an unknown column', async ({ postgres }) => {
  await expect(expect(postgres).toHaveRow('users', { id: 1, email: undefined })).rejects.toThrow(
    'No value for email (undefined): write null for NULL, or leave the column out.',
  );
  await expect(expect(postgres).not.toHaveRow('users', { email: undefined })).rejects.toThrow(
    'No value for email (undefined)',
  );
  await expect(expect(postgres).toHaveRow('users', { email: () => 'ana@example.com' })).rejects.toThrow(
    'No value for email (function)',
  );
});

test('toHaveRow finds NaN and infinity', async ({ postgres }) => {
  await postgres.query(
    "CREATE TABLE readings (id bigint, value float8); INSERT INTO readings VALUES (9007199254740993, 'NaN'), (2, NULL), (3, '-Infinity')",
  );

  await expect(postgres).toHaveRow('readings', { id: 9_007_199_254_740_993n, value: NaN });
  await expect(postgres).toHaveRow('readings', { id: 3n, value: -Infinity });
  await expect(postgres).not.toHaveRow('readings', { id: 2, value: NaN });
});
