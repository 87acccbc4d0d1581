import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { UsageError } from '../../lib/usage.ts';
import {
  analyticsTables,
  type Dataset,
  type DatasetName,
  fileDataset,
  fixedClock,
  generateDataset,
  isOwnDataset,
  type NamedDataset,
  ownDataset,
  placeDataset,
  planDataset,
} from './index.ts';

interface Info {
  readonly outputPath: (...names: string[]) => string;
}

/** A folder with these files. */
function folderOf(info: Info, files: Readonly<Record<string, string>>): string {
  const folder = info.outputPath('rows');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

/** What is wrong with one file, after its path. */
function mistakeIn(info: Info, name: string, text: string): string {
  const file = path.join(folderOf(info, { [name]: text }), name);
  try {
    fileDataset(file);
    return 'nothing';
  } catch (error) {
    const { message, stack } = error as UsageError;
    expect(error).toBeInstanceOf(UsageError);
    const shown = path.relative(process.cwd(), file);
    expect(message.startsWith(shown), message).toBe(true);
    const [, line] = /^:(\d+): /.exec(message.slice(shown.length)) ?? [];
    if (line !== undefined) expect(stack, 'the stack').toContain(`\n    at ${file}:${line}:1`);
    return message.slice(shown.length);
  }
}

test.describe('files', () => {
  test('a CSV file has the rows of the table that it is named after, with their lines', ({}, info) => {
    const text = '\ufeffid,name\n1,Ana\n\n2,"Ben,\nthe second"\n3,"say ""hi"""\n';
    const file = path.join(folderOf(info, { 'shop.users.csv': text }), 'shop.users.csv');
    const { label, tables, sql } = fileDataset(file);
    expect(label).toBe(path.relative(process.cwd(), file));
    expect(sql).toEqual([]);
    expect(tables).toEqual([
      {
        format: 'csv',
        table: 'shop.users',
        file,
        text: text.slice(1),
        columns: ['id', 'name'],
        rows: [
          { fields: ['1', 'Ana'], text: '1,Ana', line: 2 },
          { fields: ['2', 'Ben,\nthe second'], text: '2,"Ben,\nthe second"', line: 4 },
          { fields: ['3', 'say "hi"'], text: '3,"say ""hi"""', line: 6 },
        ],
      },
    ]);
  });

  test('a JSON array has the rows of the table that it is named after, and no number loses digits', ({}, info) => {
    const text = '[\n  {"id": 12345678901234567890},\n  {"id": 2}\n]';
    const file = path.join(folderOf(info, { 'users.JSON': text }), 'users.JSON');
    expect(fileDataset(file).tables).toEqual([
      {
        format: 'json',
        table: 'users',
        file,
        text,
        columns: [],
        rows: [
          { text: '{"id": 12345678901234567890}', line: 2 },
          { text: '{"id": 2}', line: 3 },
        ],
      },
    ]);
  });

  test('a JSON object has the rows of several tables, and an empty array those of an empty one', ({}, info) => {
    const folder = folderOf(info, { 'all.json': '{"users": [{"id": 1}],\n "notes": [\n{"id": 7}], "none": []}' });
    expect(fileDataset(path.join(folder, 'all.json')).tables.map(({ table, rows }) => ({ table, rows }))).toEqual([
      { table: 'users', rows: [{ text: '{"id": 1}', line: 1 }] },
      { table: 'notes', rows: [{ text: '{"id": 7}', line: 3 }] },
      { table: 'none', rows: [] },
    ]);
  });

  test('a folder has any number of them, in order of their names, and says nothing of notes', ({}, info) => {
    const folder = folderOf(info, {
      'b.csv': 'id\n1\n',
      'a.json': '[{"id": 1}]',
      'c.sql': 'SELECT 1',
      'README.md': 'words',
      '.hidden': '',
    });
    const { tables, sql, content } = fileDataset('rows', path.dirname(folder));
    expect(tables.map(({ table }) => table)).toEqual(['a', 'b']);
    expect(sql).toEqual([{ path: path.join(folder, 'c.sql'), text: 'SELECT 1' }]);
    expect(fileDataset(pathToFileURL(folder)).content).toBe(content);
    writeFileSync(path.join(folder, 'c.sql'), 'SELECT 2');
    expect(fileDataset(folder).content).not.toBe(content);
  });

  test('a mistake is named with its file and line', ({}, info) => {
    const rows = 'has no rows: write an array of objects, or such an array for each table in one object.';
    const kinds = ' cannot be a dataset: rows come from files named .csv, .json or .sql.';
    expect([
      mistakeIn(info, 'users.csv', ''),
      mistakeIn(info, 'users.csv', 'id,name\n1,"Ana\n2,Ben\n'),
      mistakeIn(info, 'users.json', '[\n{"id": 1}\n{"id": 2}]'),
      mistakeIn(info, 'users.json', '// rows\n[]'),
      mistakeIn(info, 'users.json', ''),
      mistakeIn(info, 'users.json', '7'),
      mistakeIn(info, 'users.json', '{}'),
      mistakeIn(info, 'users.json', '[1]'),
      mistakeIn(info, 'users.json', '{"users": [], "notes": 7}'),
      mistakeIn(info, 'users.txt', ''),
      mistakeIn(info, 'usersxcsv', ''),
    ]).toEqual([
      ':1: it is empty: its first line has to name the columns',
      expect.stringMatching(/^:3: it is no CSV: Quote Not Closed.*\.$/),
      ':3: it is no JSON: comma expected.',
      ':1: it is no JSON: invalid comment token.',
      ':1: it is no JSON: value expected.',
      `:1: it ${rows}`,
      `:1: it ${rows}`,
      `:1: it ${rows}`,
      `:1: "notes" ${rows}`,
      kinds,
      kinds,
    ]);
  });

  test('an empty folder, a folder in it and a path with nothing are refused', ({}, info) => {
    const folder = folderOf(info, {});
    expect(() => fileDataset(folder)).toThrow(`The dataset is empty: the folder ${folder} has no file.`);
    mkdirSync(path.join(folder, 'inner.csv'));
    expect(() => fileDataset(folder)).toThrow('cannot be a dataset');
    expect(() => fileDataset('none', folder)).toThrow(
      `Unknown dataset 'none': known are minimal, basic_workflow, multi_user, performance, analytics and empty, and there is no file or folder ${path.join(folder, 'none')}.`,
    );
  });
});

test('rows that code gives are JSON, with large integers as texts', () => {
  const rows = { users: [{ id: 1n, name: 'Ana' }, { id: 2n }], notes: [] };
  const { label, tables, sql, content } = fileDataset(rows);
  expect({ label, sql }).toEqual({ label: 'rows', sql: [] });
  const shared = { format: 'json', file: undefined, text: '', columns: [] };
  expect(tables).toEqual([
    {
      ...shared,
      table: 'users',
      rows: [
        { text: '{"id":"1","name":"Ana"}', line: 1 },
        { text: '{"id":"2"}', line: 2 },
      ],
    },
    { ...shared, table: 'notes', rows: [] },
  ]);
  expect(fileDataset({ ...rows, notes: [{ id: 1 }] }).content).not.toBe(content);
});

test.describe('the option', () => {
  const load = () => Promise.resolve();

  test('a name is one of ours, anything else is a path, and an object is made by code', () => {
    expect(['minimal', 'empty', 'performance'].map((name) => ownDataset(name))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(ownDataset({ name: 'performance', scaleFactor: 2 })).toBeUndefined();
    expect(ownDataset('./rows')).toBe('./rows');
    expect(ownDataset(new URL('file:///rows/users.csv'))).toBe('/rows/users.csv');
    const own = { name: 'mine', load };
    expect(ownDataset(own)).toBe(own);
    expect(isOwnDataset({ name: 'mine', insert: load } as { name: string })).toBe(true);
    expect(isOwnDataset('minimal')).toBe(false);
  });

  test('a dataset of code without rows, or with the name of ours, is refused', () => {
    expect(() => ownDataset({ name: 'mine' })).toThrow(
      new UsageError("Dataset 'mine' has neither load(client) nor insert(client)."),
    );
    expect(() => ownDataset({ name: 'minimal' })).toThrow(
      new UsageError(
        "Dataset 'minimal' has neither load(client) nor insert(client): for ours, write dataset: 'minimal'.",
      ),
    );
    expect(() => ownDataset({ name: 'minimal', load })).toThrow(
      new UsageError("A dataset of your own needs another name than 'minimal', which is one of ours."),
    );
  });

  test('paths become absolute, also those inside a dataset of code; names and code stay', ({}, info) => {
    const folder = folderOf(info, { 'users.csv': 'id\n', 'events.csv': 'id\n' });
    const place = path.dirname(folder);
    const users = path.join(folder, 'users.csv');
    expect(placeDataset('rows', place)).toBe(folder);
    expect(placeDataset(pathToFileURL(users), '/')).toBe(users);
    expect(placeDataset('minimal', place)).toBe('minimal');
    const scaled: NamedDataset = { name: 'performance', scaleFactor: 2 };
    expect(placeDataset(scaled, place)).toBe(scaled);
    const own = { name: 'rows/users.csv', load, insert: 'rows/events.csv', more: 'rows/users.csv' };
    expect(placeDataset(own, place)).toEqual({ ...own, insert: path.join(folder, 'events.csv') });
    expect(placeDataset({ name: 'mine', load: undefined, insert: load } as { name: string }, place)).toEqual({
      name: 'mine',
      load: undefined,
      insert: load,
    });
    expect(() => placeDataset({ name: 'mine', load: 'none.csv' } as { name: string }, place)).toThrow(
      "Unknown dataset 'none.csv'",
    );
  });

  test('a plan says its name, and its content is equal for equal rows', () => {
    const plan = (name: DatasetName, scaleFactor: number) => planDataset({ name, scaleFactor });
    expect(planDataset('empty')).toMatchObject({ label: 'no rows', content: '' });
    expect(planDataset('empty').generate(fixedClock)).toEqual({ name: 'empty', tables: [] });
    expect(planDataset('minimal')).toMatchObject({ label: 'minimal', content: 'minimal 1' });
    expect(plan('performance', 1).content).toBe(planDataset('performance').content);
    expect(plan('performance', 3)).toMatchObject({ label: 'performance × 3', content: 'performance 3' });
    expect(planDataset('minimal').generate(fixedClock)).toEqual(generateDataset('minimal'));
    expect(() => planDataset('huge' as DatasetName)).toThrow(
      new UsageError(
        "Unknown dataset 'huge': known are minimal, basic_workflow, multi_user, performance, analytics and empty.",
      ),
    );
    expect(() => plan('minimal', 2).generate(fixedClock)).toThrow(UsageError);
    const broken = {
      now: () => {
        throw new TypeError('no clock');
      },
    };
    expect(() => planDataset('minimal').generate(broken)).toThrow(TypeError);
  });
});

test('the analytics tables have each event and each message, with the ids of the dataset', () => {
  const at = fixedClock.now();
  const dataset: Dataset = {
    name: 'small',
    tables: [
      { name: 'users', columns: ['id', 'display_name', 'email'], rows: [[1, 'Ana', 'a@b']] },
      {
        name: 'events',
        columns: ['id', 'user_id', 'name', 'properties', 'duration_ms', 'occurred_at'],
        rows: [[1, 1, 'search', { path: '/' }, 7, at]],
      },
      {
        name: 'messages',
        columns: ['id', 'author_id', 'thread_id', 'created_at'],
        rows: [
          [9, 1, 4, at],
          [10, 1, 5, at],
        ],
      },
    ],
  };
  const [users, events, metrics] = analyticsTables(dataset);
  expect(users).toEqual({
    name: 'users',
    columns: ['id', 'display_name', 'status', 'time_zone', 'created_at', 'updated_at'],
    rows: [[1, 'Ana', null, null, null, null]],
  });
  expect(events).toEqual({
    name: 'events',
    columns: ['id', 'user_id', 'name', 'properties', 'duration_ms', 'occurred_at'],
    rows: [
      [1, 1, 'search', { path: '/' }, 7, at],
      [2, 1, 'message_sent', { thread: '4' }, 20, at],
      [3, 1, 'message_sent', { thread: '5' }, 259, at],
    ],
  });
  expect(metrics).toEqual({
    name: 'metrics',
    columns: ['name', 'labels', 'value', 'measured_at'],
    rows: [
      ['event.duration', { event: 'search' }, 7, at],
      ['event.duration', { event: 'message_sent' }, 20, at],
      ['event.duration', { event: 'message_sent' }, 259, at],
    ],
  });
  expect(analyticsTables({ name: 'none', tables: [] }).map(({ rows }) => rows)).toEqual([[], [], []]);
});
