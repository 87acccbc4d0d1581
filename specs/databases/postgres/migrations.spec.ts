import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../../fixtures/index.ts';
import type { PostgresWorker } from '../../../helpers/stores/postgres/index.ts';

// Which names and marks are known is tested beside the code; here what of them reaches a database.

test('a part that leads down is not run', async ({ _postgresWorker }, testInfo) => {
  const folder = testInfo.outputPath('goose');
  write(folder, { '1_a.sql': '-- +goose Up\nCREATE TABLE kept (id int);\n-- +goose Down\nDROP TABLE kept;\n' });
  expect(await queried(_postgresWorker, folder, 'SELECT count(*)::int AS rows FROM kept')).toEqual([{ rows: 0 }]);
});

test('migrations run in the order of their numbers', async ({ _postgresWorker }, testInfo) => {
  const folder = testInfo.outputPath('numbered');
  write(folder, { '10_more.sql': 'ALTER TABLE steps ADD COLUMN more int;', '9_first.sql': 'CREATE TABLE steps ();' });
  expect(await queried(_postgresWorker, folder, 'SELECT count(more)::int AS rows FROM steps')).toEqual([{ rows: 0 }]);
});

test("a dump's rows are loaded", async ({ _postgresWorker }, testInfo) => {
  const folder = testInfo.outputPath('dumped');
  write(folder, {
    'dump.sql':
      '\\restrict Ab1\nCREATE TABLE public.users (id integer, name text);\nCOPY public.users (id, name) FROM stdin;\n1\tAna; Lima\n2\t\\N\n\\.\n\\unrestrict Ab1\n',
  });
  expect(await queried(_postgresWorker, folder, 'SELECT * FROM users ORDER BY id')).toEqual([
    { id: 1, name: 'Ana; Lima' },
    { id: 2, name: null },
  ]);
});

test('a command of psql is refused with file and line', async ({ _postgresWorker }, testInfo) => {
  const folder = testInfo.outputPath('commands');
  write(folder, { 'all.sql': 'CREATE TABLE one (id int);\n\\connect other\nCREATE TABLE two (id int);\n' });
  await expect(queried(_postgresWorker, folder, 'SELECT FROM two')).rejects.toThrow(
    'all.sql:2: \\connect is a command of psql, not SQL',
  );
});

function write(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
}

/** What a database of this schema answers. */
async function queried(worker: PostgresWorker, schema: string, sql: string): Promise<unknown[]> {
  const lease = await worker.lease({ schema, dataset: 'empty', isolation: 'database' });
  try {
    return await lease.database.query(sql);
  } finally {
    await lease.end({ keep: false });
  }
}
