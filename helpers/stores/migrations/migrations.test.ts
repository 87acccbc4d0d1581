import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { readSql } from './index.ts';

/** Writes files, and returns the names of those that are read and what of them is run. */
function read(folder: string, files: Readonly<Record<string, string>>): { names: string[]; sql: string[] } {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const found = readSql(folder) ?? [];
  return {
    names: found.map((file) => path.relative(folder, file.path)),
    sql: found.map(({ text }) => text.replace(/\s+/g, ' ').trim()),
  };
}

const some = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'SELECT 1']));

for (const { tool, files, order } of [
  {
    tool: 'golang-migrate',
    files: ['2_b.up.sql', '2_b.down.sql', '10_c.up.sql', '1_a.up.sql'],
    order: ['1_a.up.sql', '2_b.up.sql', '10_c.up.sql'],
  },
  {
    tool: 'pairs of which one has an ending',
    files: ['1_a.sql', '1_a_down.sql', '2_b.sql'],
    order: ['1_a.sql', '2_b.sql'],
  },
  { tool: 'db-migrate', files: ['20240101-a-up.sql', '20240101-a-down.sql'], order: ['20240101-a-up.sql'] },
  {
    tool: 'postgrator',
    files: ['001.do.a.sql', '001.undo.a.sql', '002.do.sql', '002.undo.sql'],
    order: ['001.do.a.sql', '002.do.sql'],
  },
  {
    tool: 'Flyway',
    files: ['R__v.sql', 'V10__c.sql', 'V2__b.sql', 'V1.1__a2.sql', 'V1__a.sql', 'U2__b.sql'],
    order: ['V1__a.sql', 'V1.1__a2.sql', 'V2__b.sql', 'V10__c.sql', 'R__v.sql'],
  },
  {
    tool: 'Flyway with a baseline',
    files: ['V1__a.sql', 'B2__all.sql', 'V2__b.sql', 'V3__c.sql'],
    order: ['B2__all.sql', 'V3__c.sql'],
  },
  {
    tool: 'Prisma',
    files: ['20240201_b/migration.sql', '20240101_a/migration.sql', 'migration_lock.toml'],
    order: ['20240101_a/migration.sql', '20240201_b/migration.sql'],
  },
  {
    tool: 'Prisma with a date of another length',
    files: ['20250409154352_b/migration.sql', '20250625_c/migration.sql', '20240101000000_a/migration.sql'],
    order: ['20240101000000_a/migration.sql', '20250409154352_b/migration.sql', '20250625_c/migration.sql'],
  },
  {
    tool: 'diesel',
    files: ['1_a/up.sql', '1_a/down.sql', '2_b/up.sql', '2_b/down.sql'],
    order: ['1_a/up.sql', '2_b/up.sql'],
  },
  { tool: 'a folder whose name ends as a file', files: ['x.sql/migration.sql'], order: ['x.sql/migration.sql'] },
  { tool: 'numbers without leading zeros', files: ['10.sql', '9.sql', '1.sql'], order: ['1.sql', '9.sql', '10.sql'] },
  {
    tool: 'dates',
    files: ['2024-01-02-b.sql', '2024-01-01-c.sql', '2024-01-01-a.sql'],
    order: ['2024-01-01-a.sql', '2024-01-01-c.sql', '2024-01-02-b.sql'],
  },
  {
    tool: 'a migration about something down',
    files: ['1_shut_down.sql', '2_b.sql'],
    order: ['1_shut_down.sql', '2_b.sql'],
  },
]) {
  test(`migrations run in the order of ${tool}, those that lead down aside`, ({}, testInfo) => {
    expect(read(testInfo.outputPath('m'), some(files)).names).toEqual(order);
  });
}

test("dbmate's migrations run in the order of their names", ({}, testInfo) => {
  const up = '-- migrate:up\nSELECT 1;';
  const files = { '2_b.sql': up, '10_a.sql': up };
  expect(read(testInfo.outputPath('m'), files).names).toEqual(['10_a.sql', '2_b.sql']);
});

test("drizzle-kit's migrations run in the order of its journal", ({}, testInfo) => {
  const entries = [
    { idx: 0, tag: '0000_late' },
    { idx: 1, tag: '0000_early' },
  ];
  const files = { ...some(['0000_early.sql', '0000_late.sql']), 'meta/_journal.json': JSON.stringify({ entries }) };
  expect(read(testInfo.outputPath('m'), files).names).toEqual(['0000_late.sql', '0000_early.sql']);
});

for (const { tool, text } of [
  { tool: 'dbmate', text: '-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\nDROP TABLE a;\n' },
  {
    tool: 'goose',
    text: '-- a comment\n-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE a ();\n-- +goose StatementEnd\n\n-- +goose Down\nDROP TABLE a;',
  },
  { tool: 'sql-migrate', text: '-- +migrate Up\r\nCREATE TABLE a ();\r\n-- +migrate Down\r\nDROP TABLE a;\r\n' },
  { tool: 'node-pg-migrate', text: '-- Up Migration\nCREATE TABLE a ();\n-- Down Migration\nDROP TABLE a;' },
  {
    tool: 'node-pg-migrate, upside down',
    text: '-- Down Migration\nDROP TABLE a;\n-- Up Migration\nCREATE TABLE a ();',
  },
  { tool: 'tern', text: 'CREATE TABLE a ();\n---- create above / drop below ----\nDROP TABLE a;' },
  { tool: 'MyBatis', text: '-- // a\nCREATE TABLE a ();\n-- //@UNDO\nDROP TABLE a;' },
]) {
  test(`a file of ${tool} runs what leads up alone, at its places`, ({}, testInfo) => {
    const file = testInfo.outputPath('1.sql');
    writeFileSync(file, text);
    const [{ text: up } = { text: '' }] = readSql(file)!;
    expect(up).toContain('CREATE TABLE a ();');
    expect(up).not.toContain('DROP');
    expect([up.length, up.indexOf('CREATE')]).toEqual([text.length, text.indexOf('CREATE')]);
  });
}

test('a byte order mark is no SQL', ({}, testInfo) => {
  expect(read(testInfo.outputPath('m'), { '1.sql': '\ufeffSELECT 1' }).sql).toEqual(['SELECT 1']);
});

for (const { what, files, sentence } of [
  {
    what: 'two files with one number',
    files: some(['001_a.sql', '1_b.sql']),
    sentence: '001_a.sql and 1_b.sql have the same number: which is to run first?',
  },
  {
    what: 'dates of two lengths',
    files: some(['20250409154352_a.sql', '20250625_b.sql']),
    sentence: '20250625_b.sql runs before 20250409154352_a.sql by their numbers, and after it by their dates',
  },
  {
    what: 'two files with one version',
    files: some(['V1__a.sql', 'V01__b.sql']),
    sentence: 'have the same version: which is to run first?',
  },
  {
    what: "a stranger beside Flyway's files",
    files: some(['V1__a.sql', 'init.sql']),
    sentence: "init.sql has no name of Flyway's",
  },
  {
    what: 'files and folders',
    files: some(['1.sql', '2_b/migration.sql']),
    sentence: 'has SQL both in files (1.sql) and in folders (2_b)',
  },
  {
    what: 'a program among the migrations',
    files: some(['1_a.sql', '2_b.go', '1_a_test.go']),
    sentence: 'has migrations in SQL and one that is a program (2_b.go): run their tool itself',
  },
  {
    what: 'folders of any files',
    files: some(['tables/a.sql']),
    sentence: 'has SQL, but neither a migration.sql (Prisma, Drizzle) nor an up.sql (diesel)',
  },
  {
    what: 'only files that lead down',
    files: some(['1_a.down.sql']),
    sentence: '1_a.down.sql leads down, and no file beside it leads up',
  },
  {
    what: 'a file that is not in the journal',
    files: { ...some(['0_a.sql']), 'meta/_journal.json': '{}' },
    sentence: 'does not list 0_a.sql: drizzle-kit would not run it',
  },
  {
    what: 'a file that the journal misses',
    files: { 'meta/_journal.json': '{"entries":[{"idx":0,"tag":"0_a"}]}' },
    sentence: 'lists 0_a.sql, which',
  },
  {
    what: 'a file that leads down alone',
    files: { '1.sql': '-- migrate:down\nDROP TABLE a' },
    sentence: 'has 0 parts that lead up and 1 that lead down by the markers of dbmate',
  },
  {
    what: 'a file with two parts that lead up',
    files: { '1.sql': '-- +goose Up\nSELECT 1;\n-- +goose Down\n-- +goose Up\nSELECT 2;' },
    sentence: 'has 2 parts that lead up and 1 that lead down by the markers of goose',
  },
  {
    what: 'SQL before the first marker',
    files: { '1.sql': 'SELECT 1;\n-- migrate:up\nSELECT 2;' },
    sentence: 'has SQL before its first marker of dbmate: does it lead up?',
  },
  {
    what: 'markers of two tools',
    files: { '1.sql': '-- migrate:up\n-- +goose Up\nSELECT 2;' },
    sentence: 'has the markers of dbmate and of goose: which of them says what leads up?',
  },
  {
    what: 'variables of goose',
    files: { '1.sql': '-- +goose Up\n-- +goose ENVSUB ON\nSELECT ${A};' },
    sentence: 'needs variables that goose replaces: run goose itself',
  },
]) {
  test(`${what}: refused in one sentence that names it`, ({}, testInfo) => {
    expect(() => read(testInfo.outputPath('m'), files)).toThrow(sentence);
  });
}
