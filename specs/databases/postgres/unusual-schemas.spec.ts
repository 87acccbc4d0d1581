import { expect, test } from '../../../fixtures/index.ts';

const schemaOf = (name: string, sql: string) => ({
  schema: { name, apply: async (client: { query(sql: string): Promise<unknown> }) => void (await client.query(sql)) },
  dataset: 'empty' as const,
});

const ofDatabase = (sql: string): string => `DO $$ BEGIN EXECUTE format($sql$${sql}$sql$, current_database()); END $$`;

test.describe('a table with a column named like an alias', () => {
  test.use(schemaOf('aliases', "CREATE TABLE s (id int PRIMARY KEY, t text, v int); INSERT INTO s VALUES (1, 'a', 1)"));

  test('a change of another column is found', async ({ postgres }) => {
    await expect(postgres).toBeUnchanged();
    await postgres.query('UPDATE s SET v = 2');
    await expect(postgres).not.toBeUnchanged();
    expect((await postgres.diff()).tables).toMatchObject([{ table: 's', counts: { changed: 1 } }]);
  });

  test('a row is found by its values', async ({ postgres }) => {
    await expect(postgres).toHaveRow('s', { id: 1, t: 'a', v: 1 });
    await expect(postgres).not.toHaveRow('s', { id: 1, t: 'a', v: 2 });
  });
});

test.describe('forced row policies', () => {
  test.use(
    schemaOf(
      'forced policies',
      `CREATE TABLE secrets (id int, tenant text); INSERT INTO secrets VALUES (1, 'ana');
       ALTER TABLE secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
       CREATE POLICY own ON secrets USING (tenant = current_setting('app.tenant', true));
       CREATE VIEW all_secrets AS SELECT * FROM secrets;`,
    ),
  );

  test('hide no row from a matcher or a difference', async ({ postgres }) => {
    expect(await postgres.query('SELECT * FROM secrets'), 'what the test itself sees').toEqual([]);
    await expect(postgres).toHaveRows('secrets', 1);
    await expect(postgres).toHaveRow('secrets', { tenant: 'ana' });
    await expect(expect(postgres).toHaveRows('all_secrets', 0)).rejects.toThrow('row-level security policy');
    await postgres.query("SELECT set_config('app.tenant', 'ana', false); UPDATE secrets SET id = 2");
    await expect(postgres).not.toBeUnchanged();
  });

  test('hide no row from a check of your own', async ({ postgres }) => {
    postgres.alsoCheck({ 'no secrets': 'SELECT id FROM secrets' });
    expect((await postgres.validate()).checks.find(({ check }) => check === 'no secrets')?.passed).toBe(false);
  });
});

test.describe('settings of the database and of a role in it', () => {
  test.use(
    schemaOf(
      'two settings',
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public', current_database());
         EXECUTE format('ALTER ROLE %I IN DATABASE %I SET lock_timeout = ''1min''',
           current_user, current_database()); END $$;`,
    ),
  );

  test('are valid', async ({ postgres }) => {
    await expect(postgres).toBeValid();
  });
});

test.describe('extensions in a schema of their own', () => {
  test.use(
    schemaOf(
      'extensions',
      `CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions;
       CREATE TABLE users (email extensions.citext PRIMARY KEY);
       CREATE TABLE mails (to_user extensions.citext REFERENCES users);
       INSERT INTO users VALUES ('Ana@x'); INSERT INTO mails VALUES ('ANA@X');`,
    ),
  );

  test('are valid, and a key is compared by its own operator', async ({ postgres }) => {
    await expect(postgres).toBeValid();
  });

  test('do not hide an orphan', async ({ postgres }) => {
    await postgres.query('ALTER TABLE mails DROP CONSTRAINT mails_to_user_fkey');
    await postgres.query("INSERT INTO mails VALUES ('ben@x')");
    await postgres.query(
      'ALTER TABLE mails ADD CONSTRAINT mails_to_user_fkey FOREIGN KEY (to_user) REFERENCES users NOT VALID',
    );
    await expect(postgres).not.toBeValid();
  });
});

test.describe('columns of isn and ltree', () => {
  test.use(
    schemaOf(
      'isn and ltree',
      `CREATE SCHEMA extensions; CREATE EXTENSION isn SCHEMA extensions; CREATE EXTENSION ltree SCHEMA extensions;
       CREATE TABLE books (number extensions.isbn PRIMARY KEY, place extensions.ltree UNIQUE);
       CREATE TABLE loans (book extensions.isbn REFERENCES books, place extensions.ltree REFERENCES books (place));
       INSERT INTO books VALUES ('0-11-000533-3', 'top.science'); INSERT INTO loans SELECT * FROM books;`,
    ),
  );

  test('are valid in a schema of their own', async ({ postgres }) => {
    await expect(postgres).toBeValid();
  });
});

test.describe('a schema with constraints that it has not validated', () => {
  test.use(
    schemaOf(
      'left open',
      `CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE notes (user_id int, size int);
       INSERT INTO notes VALUES (7, -1);
       ALTER TABLE notes ADD CONSTRAINT "Owner" FOREIGN KEY (user_id) REFERENCES users NOT VALID,
         ADD CONSTRAINT sized CHECK (size > 0) NOT VALID;
       CREATE FUNCTION check_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
       CREATE TRIGGER checked BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION check_note();
       ALTER TABLE notes DISABLE TRIGGER checked;
       CREATE TABLE days (day date) PARTITION BY RANGE (day);
       CREATE TABLE one_day PARTITION OF days DEFAULT; CREATE INDEX of_days ON ONLY days (day);`,
    ),
  );

  test('is valid', async ({ postgres }) => {
    await expect(postgres).toBeValid();
  });

  test('does not excuse what a test leaves open', async ({ postgres }) => {
    await postgres.query(`ALTER TABLE notes DROP CONSTRAINT "Owner", DROP CONSTRAINT sized;
      ALTER TABLE notes ADD CONSTRAINT "Owner" FOREIGN KEY (size) REFERENCES users NOT VALID`);
    const { checks } = await postgres.validate();
    expect(checks.filter(({ passed }) => !passed)).toMatchObject([
      { found: 'constraint notes.sized is missing, constraint notes."Owner" was altered' },
      { check: 'every constraint is validated', found: 'notes."Owner"' },
      { check: 'every row that notes."Owner" refers to exists', found: '1 orphans' },
    ]);
  });
});

test.describe('changes that are easily missed', () => {
  test.use(
    schemaOf(
      'easily missed',
      `CREATE TABLE notes (text text, id int); INSERT INTO notes VALUES (NULL, 1), ('same', 2), ('same', 2), ('other', 3);
       CREATE FUNCTION check_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
       CREATE TRIGGER checked BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION check_note();
       CREATE POLICY own ON notes TO public USING (true);
       CREATE MATERIALIZED VIEW numbers AS SELECT id FROM notes; SELECT lo_from_bytea(8, 'old');
       CREATE TYPE mood AS ENUM ('glad', 'sad'); ALTER TABLE notes ADD mood mood DEFAULT 'glad';
       CREATE FUNCTION feeling(mood) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'some'::text $$;
       CREATE CAST (mood AS text) WITH FUNCTION feeling(mood)`,
    ),
  );

  for (const [what, sql] of Object.entries({
    'NULL that became an empty text': "UPDATE notes SET text = '' WHERE id = 1",
    'equal rows in another number': "DELETE FROM notes WHERE ctid = '(0,2)'; INSERT INTO notes VALUES ('other', 3)",
    'a right to one column': 'GRANT SELECT (id) ON notes TO pg_monitor',
    "a policy's role": 'ALTER POLICY own ON notes TO pg_monitor',
    'a disabled trigger': 'ALTER TABLE notes DISABLE TRIGGER checked',
    'a right to the database': ofDatabase('GRANT CREATE ON DATABASE %I TO pg_monitor'),
    'a comment on the database': ofDatabase("COMMENT ON DATABASE %I IS 'changed'"),
    "the database's limit": ofDatabase('ALTER DATABASE %I CONNECTION LIMIT 7'),
    'a large object': "SELECT lo_from_bytea(7, 'new')",
    "a large object's content": "SELECT lo_put(8, 0, 'new')",
    'a materialized view that was emptied': 'REFRESH MATERIALIZED VIEW numbers WITH NO DATA',
    'a column that is stored in another way': 'ALTER TABLE notes ALTER text SET STORAGE EXTERNAL',
    'no replica identity': 'ALTER TABLE notes REPLICA IDENTITY NOTHING',
    'values that a cast takes for each other': "UPDATE notes SET mood = 'sad'",
  })) {
    test(`${what} is a change`, async ({ postgres }) => {
      await postgres.query(sql);
      await expect(postgres).not.toBeUnchanged();
    });
  }
});
