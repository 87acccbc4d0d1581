import path from 'node:path';
import { expect, imports, test } from '../../testing/index.ts';
import type { NamedDataset } from '../datasets/index.ts';
import { Administrator } from './connection.ts';
import { clickhouseParts } from './parts.ts';
import { statements } from './table-file.ts';
import { loadTables } from './tables.ts';
import { findTemplate } from './template.ts';

test("a spec's mistake is reported in one sentence with its own lines", async ({ runInlineTest, root }) => {
  const { exitCode, tests, output } = await runInlineTest({
    'broken.sql': 'CREATE TABLE pages (id UInt8) ENGINE = Memory;\n\nCREATE TABLE links (id Integr) ENGINE = Memory;\n',
    'a.spec.ts': `${imports}
      for (const tables of ['./broken.sql', 'basic']) test.describe(() => {
        test.use({ tables });
        test('asks for ' + tables, async ({ clickhouse }) => { await expect(clickhouse).toBeValid(); });
      });
    `,
  });

  expect(tests).toMatchObject([
    {
      title: 'asks for ./broken.sql',
      status: 'failed',
      errors: [expect.stringMatching(/^Error: broken\.sql:3: Unknown data type family: Integr/)],
    },
    { title: 'asks for basic', status: 'passed', errors: [] },
  ]);
  expect(output).toMatch(/> 3 \| CREATE TABLE links/);
  expect(output).not.toContain('/helpers/'); // none of the helper's own lines
  expect(exitCode).toBe(1);
  expect(root.leftovers()).toEqual([]);
});

test.describe('mistakes', () => {
  test('unknown tables are reported in one sentence', () => {
    const sentence = `Unknown tables 'evnts': they are none of basic, events, metrics, and there is no file or folder ${path.resolve('evnts')}.`;
    expect(() => loadTables('evnts')).toThrow(
      expect.objectContaining({ message: sentence, stack: `Error: ${sentence}` }),
    );
  });

  test('a dataset that is unknown, fits no table or cannot be scaled is reported in one sentence', async ({
    clickhouseServer,
  }) => {
    await using admin = new Administrator(clickhouseServer);
    const find = (dataset: unknown, tables = { name: 'other', create: async () => {} }) =>
      findTemplate(
        admin,
        clickhouseServer,
        clickhouseServer.testRoles[0]!,
        { tables, dataset: dataset as NamedDataset },
        clickhouseParts,
      );
    await expect(find('minimall')).rejects.toThrow(
      "Unknown dataset 'minimall': known are minimal, basic_workflow, multi_user, performance, analytics and empty, and there is no file or folder",
    );
    await expect(find('minimal')).rejects.toThrow(
      "Dataset 'minimal' fits none of these tables: it has rows for users, events, metrics. Use dataset: 'empty', " +
        'or one of your own.',
    );
    await expect(find({ name: 'minimal' })).rejects.toThrow(
      "Dataset 'minimal' has neither load(client) nor insert(client): for ours, write dataset: 'minimal'.",
    );
    await expect(find({ name: 'minimal', scaleFactor: 2 })).rejects.toThrow(
      'Only the dataset "performance" can be scaled, "minimal" always has the same size.',
    );
    expect(await admin.rows("SELECT name FROM system.databases WHERE name LIKE 'proving_ground%'")).toEqual([]);
  });
});

test('a file is split at the semicolons that end statements', () => {
  expect(
    statements("-- one; two\nSELECT ';', `a;b`, \"c;d\", 'it''s', '\\';' /* ; */;\n\n  SELECT 2;\n;;\nSELECT 3"),
  ).toEqual([
    {
      sql: "SELECT ';', `a;b`, \"c;d\", 'it''s', '\\';' /* ; */",
      code: 'SELECT    ,      ,      ,        ,              ',
      line: 2,
    },
    { sql: 'SELECT 2', code: 'SELECT 2', line: 4 },
    { sql: 'SELECT 3', code: 'SELECT 3', line: 6 },
  ]);
});

test('functions of one name with different code get separate templates', async ({ clickhouseServer }) => {
  await using admin = new Administrator(clickhouseServer);
  const tables = { name: 'one', create: async () => {} };
  const find = (insert: () => Promise<void>) =>
    findTemplate(
      admin,
      clickhouseServer,
      clickhouseServer.testRoles[0]!,
      { tables, dataset: { name: 'mine', insert } },
      clickhouseParts,
    );
  const [first, second] = [
    await find(async () => {}),
    await find(async () => {
      /* another one */
    }),
  ];
  expect(first.name).not.toBe(second.name);
});
