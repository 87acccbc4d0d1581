import { expect, imports, test } from '../testing/index.ts';

const places = {
  'playwright.config.ts': `
    export default {
      testMatch: '**/*.spec.ts', workers: 1, outputDir: 'results', reporter: [['list'], ['json', { outputFile: 'report.json' }]],
      projects: [{ name: 'configured', use: { schema: './configured.sql', dataset: 'empty' } }],
    };`,
  'configured.sql': 'CREATE TABLE configured (n int);',
  'specs/said.sql': 'CREATE TABLE said (n int);',
  'ready-made/tests.ts': `${imports}
    export const tables = (name) => {
      test('of the spec that a ready-made test is for', async ({ postgres }) => { await expect(postgres).toHaveRows(name, 0); });
    };`,
  'specs/a.spec.ts': `${imports}
    import { tables } from '../ready-made/tests.ts';
    test('of the configuration', async ({ postgres }) => { await expect(postgres).toHaveRows('configured', 0); });
    test.describe(() => {
      test.use({ schema: './said.sql' });
      test('of the spec', async ({ postgres }) => { await expect(postgres).toHaveRows('said', 0); });
      tables('said');
    });
    test.describe(() => {
      test.use({ schema: './../specs/configured.sql' });
      test('of nothing', async ({ postgres }) => { await postgres.query('SELECT 1'); });
    });
    test.describe(() => {
      test.use({ schema: 'configured.sql' });
      test('of another folder', async ({ postgres }) => { await postgres.query('SELECT 1'); });
    });`,
};

test('a path counts from the file that says it, also without a run of the configuration', async ({
  runInlineTest,
  root,
}) => {
  const { tests, folder } = await runInlineTest(places);
  expect(tests.map(({ title, status, errors: [error] }) => [title, status, error])).toEqual([
    ['of the configuration', 'passed', undefined],
    ['of the spec', 'passed', undefined],
    ['of the spec that a ready-made test is for', 'passed', undefined],
    ['of nothing', 'failed', expect.stringContaining(`there is no file or folder ${folder}/specs/configured.sql.`)],
    [
      'of another folder',
      'failed',
      expect.stringContaining(
        `there is no file or folder ${folder}/specs/configured.sql: paths count from the file that says them, from ` +
          `where ${folder}/configured.sql is ../configured.sql.`,
      ),
    ],
  ]);
  expect(root.leftovers()).toEqual([]);
});

test('paths in options count from the spec, and from the configuration where it says the same', ({ _parts }) => {
  const { folderOf } = _parts.databases.places;
  const schema = { path: './schema.sql' };
  const own = {
    config: { configFile: '/shop/tests/playwright.config.ts', rootDir: '/shop/tests/specs' },
    project: { use: { schema: { ...schema } } },
    file: '/shop/tests/specs/orders/lamp.spec.ts',
    titlePath: ['orders/lamp.spec.ts', 'a lamp'],
  };
  const readyMade = { ...own, file: '/shop/node_modules/proving-ground/scenario.js' };
  expect(folderOf('schema', schema, own), 'of a value of the configuration').toBe('/shop/tests');
  expect(folderOf('schema', './other.sql', own), 'of a value of the spec').toBe('/shop/tests/specs/orders');
  expect(folderOf('schema', './other.sql', readyMade), 'for a ready-made test').toBe('/shop/tests/specs/orders');
  const { configFile: _, ...config } = own.config;
  expect(folderOf('schema', schema, { ...own, config }), 'without a configuration').toBe(process.cwd());
});
