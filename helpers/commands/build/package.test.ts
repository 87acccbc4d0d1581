import { expect, test } from '@playwright/test';
import { InstalledPackage } from '../../testing/installed-package.ts';

// One package for all tests of the file, since it takes some seconds to build.
test.describe.configure({ mode: 'default' });

let project: InstalledPackage;

test.beforeAll(() => {
  test.setTimeout(180_000);
  project = InstalledPackage.make();
});

test.afterAll(() => {
  project[Symbol.dispose]();
});

const playwright = 'node_modules/@playwright/test/cli.js';

const spec = `
  test('a row more is counted', async ({ postgres }) => {
    await postgres.query("INSERT INTO notes (text) VALUES ('a')");
    await expect(postgres).toHaveRows('notes', 1);
  });
`;

test('whoever wants databases installs fewer than 60 packages', () => {
  expect(project.packages).toContain('node_modules/pg');
  expect(project.packages).toContain('node_modules/@playwright/test');
  expect(project.packages.length).toBeLessThan(60);
});

test('the tarball has no spec, test, fault or configuration of ours', () => {
  expect(project.files).toContain('dist/helpers/stores/postgres/schemas/basic.sql');
  expect(project.files).toContain('CHANGELOG.md');
  expect(project.files.filter((file) => /[.](spec|test)[.]|faults[/](?!inject)|^[.]|config[.]ts$/.test(file))).toEqual(
    [],
  );
});

test('a spec passes without a configuration, in a project of CommonJS', async () => {
  project.write('package.json', '{}');
  project.write('specs/schema.sql', 'CREATE TABLE notes (text text);');
  project.write(
    'specs/notes.spec.ts',
    `import { expect, test } from 'proving-ground/databases';
     test.use({ schema: './schema.sql', dataset: 'empty' });
     ${spec}`,
  );
  const { output, code } = await project.node([playwright, 'test', 'specs/notes']);
  expect(output).toContain('1 passed');
  expect(code, output).toBe(0);
});

test('a configuration gives all workers one run, and the reporter its page, in a project of modules', async () => {
  project.write('package.json', '{ "type": "module" }');
  project.write(
    'playwright.config.ts',
    `import { defineConfig } from '@playwright/test';
     import type { TestOptions, WorkerOptions } from 'proving-ground';
     export default defineConfig<TestOptions, WorkerOptions>({
       globalSetup: 'proving-ground/global-setup',
       testDir: './all',
       use: {
         schema: './all/schema.sql',
         dataset: 'empty',
         appOptions: {
           services: { api: { command: ['node', 'server.mjs'], ready: '/', env: ({ port }) => ({ PORT: String(port) }) } },
           tokens: { algorithm: 'HS256', secret: 'a secret of this test' },
         },
       },
       reporter: [['proving-ground/balanced-shards'], ['proving-ground/reporter', { history: false }], ['list'], ['html', { open: 'never' }]],
     });`,
  );
  project.write(
    'server.mjs',
    `import { createServer } from 'node:http';
     createServer((request, response) => {
       response.setHeader('content-type', 'application/json');
       response.end(JSON.stringify({ token: request.headers.authorization ?? '' }));
     }).listen(process.env.PORT, '127.0.0.1');`,
  );
  project.write('all/schema.sql', 'CREATE TABLE notes (text text);');
  project.write(
    'all/notes.spec.ts',
    `import { existsSync } from 'node:fs';
     import { expect, test } from 'proving-ground';
     ${spec}
     test('the run is the one of the runner', () => expect(existsSync(process.env['PROVING_GROUND_RUN'])).toBe(true));
     test('an app answers its tenants', async ({ app }) => {
       const as = await app.as(app.createTenant('ana'));
       expect((await as.get('/')).body).toEqual({ token: expect.stringMatching(/^Bearer ./) });
     });
     test('a platform', ({ experiments }) => void experiments);`,
  );
  const { output, code } = await project.node([playwright, 'test']);
  expect(output).toContain('3 passed');
  expect(output).toContain(
    'Environment unavailable: The packages of the local platforms are not installed: npm install --save-dev @aws-sdk/client-ecs@3',
  );
  expect(output).toMatch(/cost and performance {2}.*nothing left behind.*playwright-report\/cost-performance\.html/);
  expect(code, output).toBe(1);
});

test('both stores serve programs without Playwright, and end with them', async () => {
  project.write('package.json', '{}');
  project.write('schema.sql', 'CREATE TABLE notes (text text);');
  project.write(
    'program.test.cjs',
    `const test = require('node:test');
     const assert = require('node:assert');
     const { postgres } = require('proving-ground/postgres');
     const { clickhouse } = require('proving-ground/clickhouse');
     test('postgres', async () => {
       const [one, other] = await Promise.all([1, 2].map(() => postgres({ schema: './schema.sql', dataset: 'empty' })));
       await one.query("INSERT INTO notes VALUES ('a')");
       assert.deepEqual(await other.query('SELECT * FROM notes'), []);
       await one.close();
       await other.close();
     });
     test('clickhouse', async () => {
       const database = await clickhouse({ tables: 'events', dataset: 'analytics' });
       assert.deepEqual(await database.query('SELECT count() AS n FROM events'), [{ n: 2000n }]);
       await database.close();
     });`,
  );
  const { output, code } = await project.node(['--test', 'program.test.cjs']);
  expect(output).toContain('# pass 2');
  expect(code, output).toBe(0);
});

test('a test of Vitest has a database', async () => {
  project.write('package.json', '{ "type": "module" }');
  project.write('schema.sql', 'CREATE TABLE notes (text text);');
  project.write(
    'vitest/notes.test.ts',
    `import { expect, test } from 'vitest';
     import { postgres } from 'proving-ground/postgres';
     test('a row more is counted', async () => {
       await using db = await postgres({ schema: './schema.sql', dataset: 'empty' });
       await db.query("INSERT INTO notes VALUES ('a')");
       expect(await db.query('SELECT count(*)::int AS n FROM notes')).toEqual([{ n: 1 }]);
     });`,
  );
  project.link('vitest');
  const { output, code } = await project.node(['node_modules/vitest/vitest.mjs', 'run', 'vitest']);
  expect(output).toContain('1 passed');
  expect(code, output).toBe(0);
});

test('its types are right for strict projects, without an option of ours', async () => {
  project.write('package.json', '{ "type": "module" }');
  project.write(
    'types.ts',
    `import { defineConfig } from '@playwright/test';
     import { expect, test, type PostgresDatabase, type TestOptions, type WorkerOptions } from 'proving-ground';
     import { test as databases } from 'proving-ground/databases';
     import { postgres } from 'proving-ground/postgres';
     import { clickhouse } from 'proving-ground/clickhouse';
     import Reporter, { type ReporterOptions } from 'proving-ground/reporter';
     import { tenantIsolation } from 'proving-ground/scenarios';
     tenantIsolation({ create: (as) => as.post('/tasks', {}), read: (as, { id }) => as.get(\`/tasks/\${String(id)}\`) });
     export default defineConfig<TestOptions, WorkerOptions>({ use: { schema: new URL('./m', import.meta.url) } });
     databases('rows', async ({ postgres, clickhouse }) => {
       await expect(postgres).toHaveRows('users', 3);
       const database: PostgresDatabase = postgres;
       const rows: { id: number }[] = await database.query<{ id: number }>('SELECT 1 AS id');
       await clickhouse.insert('events', rows);
       // @ts-expect-error an unknown member
       postgres.nothing;
     });
     test('a platform', async ({ createTenant }) => {
       await createTenant('ana').experiments.create();
       // @ts-expect-error an unknown member
       createTenant('ana').nothing;
     });
     export async function alone(): Promise<void> {
       await using database = await postgres({ schema: { path: './m', prepare: { roles: ['anon'] } } });
       await using other = await clickhouse();
       await database.query('SELECT 1');
       await other.query('SELECT 1');
     }
     export const options: ReporterOptions = { history: false };
     export const reporter = Reporter;`,
  );
  project.write(
    'tsconfig.json',
    '{ "compilerOptions": { "strict": true, "module": "nodenext", "noEmit": true }, "files": ["types.ts"] }',
  );
  project.link('typescript-7');
  const { output, code } = await project.node(['node_modules/typescript-7/bin/tsc', '-p', '.']);
  expect(output).toBe('');
  expect(code).toBe(0);
});

test('the command says what is here and what is missing', async () => {
  const { output, code } = await project.node([
    'node_modules/proving-ground/dist/helpers/commands/proving-ground.js',
    'doctor',
  ]);
  expect(output).toMatch(/^✓ PostgreSQL +18\.\d+, started and stopped$/m);
  expect(output).toMatch(/^– packages +of the durable stores, if you want them: npm install --save-dev esbuild@/m);
  expect(code, output).toBe(0);
});
