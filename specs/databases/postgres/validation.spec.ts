import { expect, test } from '../../../fixtures/index.ts';
import { queryAsSuperuser } from './superuser.ts';

test.use({ schema: 'user_management', dataset: 'basic_workflow' });

test('a pristine database passes every check of all five categories', async ({ postgres }) => {
  const { passed, checks } = await postgres.validate();

  expect(checks.filter((check) => !check.passed)).toEqual([]);
  expect(passed).toBe(true);
  expect([...new Set(checks.map(({ category }) => category))]).toEqual([
    'connection',
    'schema',
    'data',
    'performance',
    'isolation',
  ]);
});

/** For keys with a period, which PostgreSQL 18 introduced. */
const rooms =
  "CREATE TABLE rooms (floors int4range, during daterange, PRIMARY KEY (floors, during WITHOUT OVERLAPS)); INSERT INTO rooms VALUES ('[1,1]', '[2026-01-01,2026-02-01)'), ('[1,1]', '[2026-02-01,2026-03-01)')";

interface Damage {
  readonly since?: number;
  readonly superuser?: true;
  readonly sql: string;
  readonly category: string;
  readonly found: string | RegExp;
}

const damages: Record<string, Damage> = {
  'a row that refers to nothing': {
    sql: 'ALTER TABLE memberships DROP CONSTRAINT memberships_user_id_fkey; INSERT INTO memberships (organization_id, user_id) VALUES (1, 99999); ALTER TABLE memberships ADD CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE NOT VALID',
    category: 'data',
    found: '1 orphans',
  },
  'a period that what it refers to does not cover': {
    since: 180_000,
    sql: `${rooms}; CREATE TABLE stays (floors int4range, during daterange); INSERT INTO stays VALUES ('[1,1]', '[2026-01-20,2026-02-10)'), ('[1,1]', '[2026-02-20,2026-03-02)'); ALTER TABLE stays ADD FOREIGN KEY (floors, PERIOD during) REFERENCES rooms (floors, PERIOD during) NOT VALID`,
    category: 'data',
    found: '1 orphans',
  },
  'a missing table': { sql: 'DROP TABLE user_sessions', category: 'schema', found: /table user_sessions is missing/ },
  'an altered column': {
    sql: 'ALTER TABLE organizations ALTER COLUMN name DROP NOT NULL',
    category: 'schema',
    found: /column organizations\.name was altered/,
  },
  'a disabled trigger': { sql: 'ALTER TABLE users DISABLE TRIGGER USER', category: 'schema', found: /users\./ },
  'disabled triggers of a key': {
    superuser: true,
    sql: 'ALTER TABLE memberships DISABLE TRIGGER ALL',
    category: 'schema',
    found: /memberships\.memberships_user_id_fkey/,
  },
  'a key that is checked for replication alone': {
    superuser: true,
    sql: `DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE memberships ENABLE REPLICA TRIGGER %I', tgname)
      FROM pg_trigger WHERE tgrelid = 'memberships'::regclass AND tgisinternal LIMIT 1); END $$`,
    category: 'schema',
    found: /memberships\.memberships_.*_fkey/,
  },
  'a key that is not validated': {
    sql: 'ALTER TABLE users ADD mentor bigint, ADD CONSTRAINT mentored FOREIGN KEY (mentor) REFERENCES users NOT VALID',
    category: 'schema',
    found: 'users.mentored',
  },
  'a dictionary that lacks what it needs': {
    sql: `CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);
      CREATE TEXT SEARCH DICTIONARY terms (TEMPLATE = thesaurus, DictFile = thesaurus_sample, Dictionary = words);
      DROP TEXT SEARCH DICTIONARY words`,
    category: 'schema',
    found: 'terms (text search dictionary "words" does not exist)',
  },
  'a constraint that is not validated': {
    sql: 'ALTER TABLE users ADD CONSTRAINT late CHECK (id > 0) NOT VALID',
    category: 'schema',
    found: 'users.late',
  },
  'rows that break a check': {
    sql: 'ALTER TABLE users ADD CONSTRAINT impossible CHECK (id < 0) NOT VALID',
    category: 'data',
    found: '10 rows that do not',
  },
  'a sequence that lags behind its keys': { sql: "SELECT setval('users_id_seq', 2)", category: 'data', found: '3' },
  'settings of the database': {
    sql: "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''1MB''', current_database()); END $$",
    category: 'isolation',
    found: 'work_mem=1MB',
  },
};

for (const [what, { since = 0, superuser = false, sql, category, found }] of Object.entries(damages)) {
  test(`validation reports ${what}`, async ({ postgres, _postgresServer }) => {
    test.skip(_postgresServer.version < since, `needs PostgreSQL ${since / 10_000}`);
    test.skip(superuser && !_postgresServer.owned, 'needs a superuser');
    await (superuser ? queryAsSuperuser(_postgresServer, postgres.name, [sql]) : postgres.query(sql));

    const { passed, checks } = await postgres.validate();
    expect(passed).toBe(false);
    const failed = checks.filter((check) => !check.passed && check.category === category).map((check) => check.found);
    expect(failed).toContainEqual(typeof found === 'string' ? found : expect.stringMatching(found));
  });
}

const sound: Record<string, { readonly since?: number; readonly sql: string }> = {
  'an abstract parent': {
    sql: 'CREATE TABLE shapes (id int, CHECK (false) NO INHERIT); CREATE TABLE circles () INHERITS (shapes); INSERT INTO circles VALUES (1)',
  },
  'a foreign key that heirs do not inherit': {
    sql: 'CREATE TABLE notes (user_id bigint REFERENCES users); CREATE TABLE drafts () INHERITS (notes); INSERT INTO drafts VALUES (99999)',
  },
  'a sequence of keys that are texts': {
    sql: "CREATE SEQUENCE orders_seq; CREATE TABLE orders (id text DEFAULT 'o' || nextval('orders_seq')); ALTER SEQUENCE orders_seq OWNED BY orders.id; INSERT INTO orders DEFAULT VALUES",
  },
  'a sequence that begins at 0': { sql: 'CREATE TABLE places (id int GENERATED ALWAYS AS IDENTITY (MINVALUE 0))' },
  'constraints that are not enforced': {
    since: 180_000,
    sql: 'CREATE TABLE hints (user_id bigint REFERENCES users NOT ENFORCED CHECK (user_id < 0) NOT ENFORCED); INSERT INTO hints VALUES (99999)',
  },
  'a foreign key with a period': {
    since: 180_000,
    sql: `${rooms}; CREATE TABLE stays (floors int4range, during daterange, FOREIGN KEY (floors, PERIOD during) REFERENCES rooms (floors, PERIOD during)); INSERT INTO stays VALUES ('[1,1]', '[2026-01-20,2026-02-10)')`,
  },
};

for (const [what, { since = 0, sql }] of Object.entries(sound)) {
  test(`validation accepts ${what}`, async ({ postgres, _postgresServer }) => {
    test.skip(_postgresServer.version < since, `needs PostgreSQL ${since / 10_000}`);
    await postgres.query(sql);
    await expect(postgres).toBeValid();
  });
}

test('validation reports a client that was not returned to the pool', async ({ postgres }) => {
  await postgres.pool.connect();

  await expect(expect(postgres).toBeValid()).rejects.toThrow(
    /connection: every client taken from the pool was given back\n {4}expected: 0 in use, 0 waiting\n {4}found: {4}1 in use, 0 waiting/,
  );
});

test("validation works whatever the session's settings are", async ({ postgres }) => {
  await postgres.query("SET search_path = 'nowhere'");
  await expect(postgres).toBeValid();

  await postgres.query('ALTER TABLE public.users ADD CONSTRAINT impossible CHECK (id < 0) NOT VALID');
  const { checks } = await postgres.validate();
  expect(checks).toContainEqual(
    expect.objectContaining({ check: 'every row satisfies users.impossible', passed: false }),
  );
});

test('a row-level policy hides no row from validation', async ({ postgres }) => {
  await postgres.query(
    'ALTER TABLE users ADD CONSTRAINT impossible CHECK (id < 0) NOT VALID; ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
  );
  // On servers where the administrator is an ordinary role, the checks cannot run and report that.
  const { checks } = await postgres.validate();
  expect(checks.filter(({ category, passed }) => category === 'data' && !passed)).not.toEqual([]);
});

test('validation does not count its own session', async ({ postgres }) => {
  await postgres.query(`ALTER DATABASE "${postgres.name}" CONNECTION LIMIT 2`);

  const { checks } = await postgres.validate();
  expect(checks.filter(({ category, passed }) => category === 'connection' && !passed)).toEqual([]);
  expect(checks.filter(({ category, passed }) => category === 'data' && !passed)).toEqual([]);
});

for (const [what, sql] of Object.entries({
  table: 'LOCK TABLE users IN SHARE MODE',
  row: 'UPDATE users SET status = status WHERE id = 1',
})) {
  test(`validation reports a session that waits for a ${what}`, async ({ postgres }) => {
    const [holder, waiter] = [await postgres.pool.connect(), await postgres.pool.connect()];
    await holder.query(`BEGIN; ${sql}`);
    const waiting = waiter.query('DELETE FROM users');
    await expect
      .poll(
        async () =>
          (await postgres.validate()).checks.find(({ check }) => check === 'no session waits for a lock')?.found,
      )
      .toBe('1 waiting');
    await holder.query('ROLLBACK');
    await waiting;
    holder.release();
    waiter.release();
  });
}

test('validation gives up when a lock is held too long', async ({ postgres }) => {
  const holder = await postgres.pool.connect();
  await holder.query('BEGIN; LOCK TABLE users');

  const { checks } = await postgres.validate();

  expect(checks).toContainEqual(
    expect.objectContaining({ category: 'data', passed: false, found: expect.stringContaining('lock timeout') }),
  );
  await holder.query('ROLLBACK');
  holder.release();
});
