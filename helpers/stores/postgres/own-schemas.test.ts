import { expect, imports, test } from '../../testing/index.ts';

/** As pg_dump writes it since August 2025, of a database whose owner and roles are elsewhere. */
const dump = `--
-- PostgreSQL database dump
--
\\restrict Ab12

SET statement_timeout = 0;
SET transaction_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';
CREATE TABLE public.users (
    id integer NOT NULL,
    name text
);
ALTER TABLE public.users OWNER TO somebody_else;
COPY public.users (id, name) FROM stdin;
1\tAna; "the first"
2\t\\N
\\.
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
\\unrestrict Ab12
`;

test('schemas are taken as people have them', async ({ runInlineTest }) => {
  const { tests, folder } = await runInlineTest({
    'dumped/1_dump.sql': dump,
    'dumped/2_more.sql': 'CREATE TABLE pages (id int);',
    'goose/1_a.sql': '-- +goose Up\nCREATE TABLE users (id int);\n-- +goose Down\nDROP TABLE users;',
    'goose/2_b.sql': `-- +goose Up
      LOCK TABLE users;
      SET LOCAL search_path = elsewhere;
      ALTER TABLE public.users OWNER TO somebody_else;
      CREATE TABLE public.pages (id int);`,
    'goose/3_c.sql': 'CREATE TABLE files (id int); CREATE INDEX CONCURRENTLY files_by_id ON files (id);',
    'goose/4_d.sql':
      "CREATE TYPE mood AS ENUM ('sad'); ALTER TYPE mood ADD VALUE 'ok'; CREATE TABLE moods AS SELECT 'ok'::mood;",
    'connects.sql': 'SELECT 1;\n\\connect other\n',
    'role.sql': 'CREATE TABLE users ();\nDO $$ BEGIN IF true THEN CREATE ROLE "App"; END IF; END $$;',
    'vector.sql': 'CREATE EXTENSION IF NOT EXISTS vector;',
    'fdw.sql': 'CREATE EXTENSION postgres_fdw;',
    'shop/migrations/tool.mjs': `
      import pg from ${JSON.stringify(import.meta.resolve('pg'))};
      const client = new pg.Client({ connectionString: process.env.SHOP_DATABASE });
      await client.connect();
      await client.query('CREATE TABLE users AS SELECT 1 AS id; CREATE TABLE ' + process.env.PGDATABASE + ' ()');
      await client.end();`,
    'a.spec.ts': `${imports}
      test.describe(() => {
        test.use({ schema: './dumped', dataset: 'empty' });
        test('a dump with rows, and a second file', async ({ postgres }) => {
          expect(await postgres.query('SELECT * FROM users ORDER BY id')).toEqual([{ id: 1, name: 'Ana; "the first"' }, { id: 2, name: null }]);
          await expect(postgres).toHaveRows('pages', 0);
        });
      });
      test.describe(() => {
        test.use({ schema: './goose', dataset: 'empty' });
        test('migrations, each in a transaction where that can be', async ({ postgres }) => {
          for (const table of ['users', 'pages', 'files']) await expect(postgres).toHaveRows(table, 0);
          await expect(postgres).toHaveRows('moods', 1);
        });
      });
      for (const [title, schema] of Object.entries({
        'connects': './connects.sql', 'a role': './role.sql',
        'a missing extension': './vector.sql', 'an untrusted extension': './fdw.sql',
        'a wide preparation': { path: './role.sql', prepare: { sql: 'CREATE ROLE app' } },
        'a failing command': { command: [process.execPath, '-e', 'console.error("no registry (getaddrinfo ENOTFOUND)"); process.exit(3)'] },
      })) test.describe(() => {
        test.use({ schema, dataset: 'empty' });
        test(title, async ({ postgres }) => { await expect(postgres).toHaveRows('users', 0); });
      });
    `,
    'shop/b.spec.ts': `${imports}
      const tool = { command: [process.execPath, 'tool.mjs'], env: { SHOP_DATABASE: '{url}' } };
      for (const [title, cwd] of Object.entries({ 'a command': 'migrations', 'a command elsewhere': 'migration' }))
        test.describe(() => {
          test.use({ schema: { ...tool, cwd }, dataset: 'empty' });
          test(title, async ({ postgres }) => { await expect(postgres).toHaveRows('users', 1); });
        });
      test.describe(() => {
        test.use({ schema: { ...tool, command: [process.execPath, 'migrations/tool.mjs'] }, dataset: 'empty' });
        test('a command in the folder of its spec', async ({ postgres }) => { await expect(postgres).toHaveRows('users', 1); });
      });
    `,
  });
  expect(tests.map(({ title, status, errors }) => [title, status, ...errors])).toEqual([
    ['a dump with rows, and a second file', 'passed'],
    ['migrations, each in a transaction where that can be', 'passed'],
    [
      'connects',
      'failed',
      expect.stringContaining('connects.sql:2: \\connect is a command of psql, not SQL: leave it out'),
    ],
    [
      'a role',
      'failed',
      expect.stringContaining(
        "role.sql:2: role App would belong to the whole server: write schema: { …, prepare: { roles: ['App'] } }",
      ),
    ],
    [
      'a missing extension',
      'failed',
      expect.stringContaining(
        'use one that does: TARGET=docker with TEST_POSTGRES_IMAGE=pgvector/pgvector:pg18, or TARGET=remote',
      ),
    ],
    [
      'an untrusted extension',
      'failed',
      expect.stringContaining("(write schema: { …, prepare: { extensions: ['postgres_fdw'] } }, which"),
    ],
    ['a wide preparation', 'failed', expect.stringContaining('prepare.sql changes roles, which belong to the whole')],
    [
      'a failing command',
      'failed',
      expect.stringMatching(/^Error: The schema's command .* failed: no registry \(getaddrinfo ENOTFOUND\)/),
    ],
    ['a command', 'passed'],
    [
      'a command elsewhere',
      'failed',
      expect.stringContaining(`tool.mjs has no folder to run in: there is no file or folder ${folder}/shop/migration.`),
    ],
    ['a command in the folder of its spec', 'passed'],
  ]);
});
