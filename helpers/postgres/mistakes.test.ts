import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, imports, test } from '../testing/index.ts';
import { postgresParts } from './index.ts';
import type { Maintenance } from './maintenance.ts';
import { loadSchema } from './schema.ts';
import { findTemplate, type DatasetOption } from './template.ts';

test('what a spec asks for wrongly is said in one sentence, with the lines of its own file', async ({ runInlineTest, root }) => {
  const { exitCode, tests, output } = await runInlineTest({
    'broken.sql': 'CREATE TABLE pages (\n  id int\n); CREATE TABLE links (id integr);\n',
    'a.spec.ts': `${imports}
      for (const schema of ['./broken.sql', 'basic']) test.describe(() => {
        test.use({ schema });
        test('asks for ' + schema, async ({ postgres }) => {
          const templates = await postgres.query("SELECT datname FROM pg_database WHERE datname ~ '_template_'");
          expect(templates).toHaveLength(1); // nothing is left of the one that could not be made
        });
      });
    `,
  });

  expect(tests).toMatchObject([
    { title: 'asks for ./broken.sql', status: 'failed', errors: [expect.stringMatching(/^Error: broken\.sql:3: type "integr" does not exist\n/)] },
    { title: 'asks for basic', status: 'passed', errors: [] },
  ]);
  expect(output).toMatch(/> 3 \| \); CREATE TABLE links \(id integr\);\n +\| {27}\^\n/);
  expect(output).not.toContain('/helpers/'); // no line of ours
  expect(exitCode).toBe(1);
  expect(root.leftovers()).toEqual([]);
});

test.describe('as much is said of', () => {
  test('an unknown schema', () => {
    const sentence = `Unknown schema 'basik': it is none of basic, user_management, thread_messages, and there is no file or folder ${path.resolve('basik')}.`;
    expect(() => loadSchema('basik')).toThrow(expect.objectContaining({ message: sentence, stack: `Error: ${sentence}` }));
  });

  test('a schema without files', ({}, testInfo) => {
    const folder = testInfo.outputPath('migrations');
    mkdirSync(folder);
    expect(() => loadSchema(folder)).toThrow(`Schema '${folder}' is empty: the folder ${folder} has no .sql file.`);
  });

  const find = (dataset: DatasetOption) => findTemplate({} as Maintenance, '0badcafe', { schema: 'basic', dataset, resettable: false }, postgresParts);

  test('an unknown dataset', async () => {
    const sentence = "Unknown dataset 'minimall': known are minimal, basic_workflow, multi_user, performance, analytics and empty.";
    await expect(find('minimall' as DatasetOption)).rejects.toThrow(expect.objectContaining({ message: sentence, stack: `Error: ${sentence}` }));
  });
});
