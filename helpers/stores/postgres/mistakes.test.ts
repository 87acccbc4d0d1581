import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { OptionFixtures } from '../../../fixtures/options.ts';
import { expect, imports, test } from '../../testing/index.ts';
import { postgresParts } from './index.ts';
import type { Maintenance } from './maintenance.ts';
import type { TestRole } from './test-role.ts';
import { loadSchema } from './schema.ts';
import { findTemplate, type DatasetOption } from './template.ts';

test("a spec's mistake is reported in one sentence with its own lines", async ({ runInlineTest, root }) => {
  const { exitCode, tests, output } = await runInlineTest({
    'broken.sql': 'CREATE TABLE pages (\n  id int\n); CREATE TABLE links (id integr);\n',
    'forced.sql':
      'CREATE TABLE users (id bigint); ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;',
    'a.spec.ts': `${imports}
      for (const schema of ['./broken.sql', './forced.sql', 'basic']) test.describe(() => {
        test.use({ schema });
        test('asks for ' + schema, async ({ postgres }) => {
          const templates = await postgres.query("SELECT datname FROM pg_database WHERE datname ~ '_template_'");
          expect(templates.length).toBeLessThan(2); // its own, unless that is cached, and none of the schemas that failed
        });
      });
    `,
  });

  expect(tests).toMatchObject([
    {
      title: 'asks for ./broken.sql',
      status: 'failed',
      errors: [expect.stringMatching(/^Error: broken\.sql:3: type "integr" does not exist\n/)],
    },
    {
      title: 'asks for ./forced.sql',
      status: 'failed',
      errors: [
        "Error: Dataset 'minimal' cannot be loaded into users: COPY FROM not supported with row-level security (Use INSERT statements instead.). Use dataset: 'empty', or one of your own.",
      ],
    },
    { title: 'asks for basic', status: 'passed', errors: [] },
  ]);
  expect(output).toMatch(/> 3 \| \); CREATE TABLE links \(id integr\);\n +\| {27}\^\n/);
  expect(output).not.toContain('/helpers/'); // none of the helper's own lines
  expect(exitCode).toBe(1);
  expect(root.leftovers()).toEqual([]);
});

test.describe('mistakes', () => {
  test('an unknown schema is reported in one sentence', () => {
    const sentence = `Unknown schema 'basik': it is none of basic, user_management, thread_messages, and there is no file or folder ${path.resolve('basik')}.`;
    expect(() => loadSchema('basik')).toThrow(
      expect.objectContaining({ message: sentence, stack: `Error: ${sentence}` }),
    );
  });

  test('a schema folder without files is reported in one sentence', ({}, testInfo) => {
    const folder = testInfo.outputPath('migrations');
    mkdirSync(folder);
    expect(() => loadSchema(folder)).toThrow(
      `Schema '${folder}' is empty: the folder ${folder} has no .sql file, nor folders with a migration.sql.`,
    );
  });

  const find = (dataset: DatasetOption) =>
    findTemplate(
      {} as Maintenance,
      '0badcafe',
      { schema: 'basic', dataset, resettable: false },
      postgresParts,
      {} as TestRole,
    );

  test('an unknown dataset is reported in one sentence', async () => {
    const sentence = `Unknown dataset 'minimall': known are minimal, basic_workflow, multi_user, performance, analytics and empty, and there is no file or folder ${path.resolve('minimall')}.`;
    await expect(find('minimall')).rejects.toThrow(
      expect.objectContaining({ message: sentence, stack: `Error: ${sentence}` }),
    );
  });

  test('a dataset that fits no table is reported in one sentence', async () => {
    // @ts-expect-error -- the types refuse it, too
    const option: OptionFixtures['test']['dataset'] = { name: 'friends' };
    await expect(find(option)).rejects.toThrow("Dataset 'friends' has neither load(client) nor insert(client).");
    await expect(find({ name: 'multi_user' })).rejects.toThrow(
      "Dataset 'multi_user' has neither load(client) nor insert(client): for ours, write dataset: 'multi_user'.",
    );
    await expect(find({ name: 'minimal', load: async () => {} })).rejects.toThrow(
      "A dataset of your own needs another name than 'minimal', which is one of ours.",
    );
  });
});
