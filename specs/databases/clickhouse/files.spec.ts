import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../../fixtures/index.ts';

const tables = {
  name: 'visitors',
  create: async (client: { command(statement: { query: string }): Promise<unknown> }) =>
    void (await client.command({
      query: 'CREATE TABLE visitors (id UInt64, name String, seen Nullable(DateTime)) ENGINE = MergeTree ORDER BY id',
    })),
};

test('rows come from CSV, JSON and SQL files', async ({ _clickhouseWorker }, testInfo) => {
  const folder = testInfo.outputPath('seed');
  write(folder, {
    'visitors.csv': 'id,name,seen\n1,"Ana, L.",2024-05-01T10:00:00Z\n2,Ben,\n',
    'more.json': '{ "visitors": [\n { "id": 18446744073709551615,\n "name": "Carl" }] }',
    'then.sql': "INSERT INTO visitors (id, name) VALUES (4, 'Dora');",
  });
  const lease = await _clickhouseWorker.lease({ tables, dataset: folder });
  const rows = await lease.database.query(
    'SELECT toString(id) AS id, name, toString(seen) AS seen FROM visitors ORDER BY visitors.id',
  );
  await lease.end();
  expect(rows).toEqual([
    { id: '1', name: 'Ana, L.', seen: '2024-05-01 10:00:00' },
    { id: '2', name: 'Ben', seen: null },
    { id: '4', name: 'Dora', seen: null },
    { id: '18446744073709551615', name: 'Carl', seen: null },
  ]);
});

for (const { what, name, text, sentence } of [
  { what: 'a value of another type', name: 'visitors.csv', text: 'id,name\n1,Ana\n2,Ben\nx,Eve\n', sentence: ':4: ' },
  { what: 'a column that is not there', name: 'visitors.csv', text: 'id,nmae\n1,Ana\n', sentence: /:1: .*nmae/ },
  {
    what: 'a field that is not there',
    name: 'visitors.json',
    text: '[\n{"id": 1},\n\n{"idd": 2}]',
    sentence: /:4: .*idd/,
  },
  { what: 'a table that is not there', name: 'visits.csv', text: 'id\n1\n', sentence: /:1: .*visits/ },
]) {
  test(`${what} is refused with file and line`, async ({ _clickhouseWorker }, testInfo) => {
    const folder = testInfo.outputPath('seed');
    write(folder, { [name]: text });
    const leased = _clickhouseWorker.lease({ tables, dataset: { name: what, insert: path.join(folder, name) } });
    await expect(leased).rejects.toThrow(sentence);
  });
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
}
