import { createHash } from 'node:crypto';
import { faker as shared } from '@faker-js/faker/locale/en';
import { expect, test } from '@playwright/test';
import { datasetNames, datasetSizes, fixedClock, generateDataset } from './index.ts';
import type { Clock, Dataset, DatasetName, Value } from './index.ts';

const nextYear: Clock = { now: () => new Date('2027-01-01T00:00:00Z') };
const aYear = nextYear.now().getTime() - fixedClock.now().getTime();

/**
 * A changed digest changes the rows that every spec sees, so update it only on purpose; a new version of faker changes
 * it, too.
 */
const digests: Record<DatasetName, string> = {
  minimal: 'c004900c0c88afb3a30ef0d0c1aa56b8fe1f9956bfe6aef9aef77359dd701a65',
  basic_workflow: '5d04b7e55632199ca8dff98f4d8a8071571e1c1e04d8953c2f1f18cbca0d15cb',
  multi_user: '35e921c590f3c8c1a2f854dde1d5d72ca828a1582018b94e1291e0ea6cb2f429',
  performance: '14fbca8892eefae8c34d680ee5b670f31c34088e5097ceb4e270b73a47f31e1a',
  analytics: '7241c987d05f32ee46f4861b76c68783ba5452352d6b0889f589a05d2ffbb277',
};

const references = [
  ['memberships', 'organization_id', 'organizations'],
  ['memberships', 'user_id', 'users'],
  ['user_sessions', 'user_id', 'users'],
  ['audit_log', 'actor_id', 'users'],
  ['threads', 'owner_id', 'users'],
  ['thread_participants', 'thread_id', 'threads'],
  ['thread_participants', 'user_id', 'users'],
  ['messages', 'thread_id', 'threads'],
  ['messages', 'author_id', 'users'],
  ['message_reactions', 'message_id', 'messages'],
  ['message_reactions', 'user_id', 'users'],
  ['attachments', 'message_id', 'messages'],
  ['events', 'user_id', 'users'],
] as const;

const keys = [
  ['organizations', 'id'],
  ['organizations', 'slug'],
  ['users', 'id'],
  ['users', 'email'],
  ['memberships', 'organization_id', 'user_id'],
  ['user_sessions', 'id'],
  ['user_sessions', 'token_hash'],
  ['threads', 'id'],
  ['thread_participants', 'thread_id', 'user_id'],
  ['messages', 'id'],
  ['messages', 'thread_id', 'position'],
  ['message_reactions', 'message_id', 'user_id', 'emoji'],
  ['attachments', 'id'],
  ['events', 'id'],
] as const;

for (const name of datasetNames) {
  test.describe(name, () => {
    test('a dataset has exactly its documented rows', () => {
      const dataset = generateDataset(name);
      expect(rowCounts(dataset)).toMatchObject({ ...datasetSizes[name] });
    });

    test('a dataset is the same every time', () => {
      const dataset = generateDataset(name);
      expect(generateDataset(name)).toEqual(dataset);
      expect(digest(dataset)).toBe(digests[name]);
    });

    test('a dataset moves with its clock and changes nothing but dates', () => {
      const dataset = generateDataset(name);
      expect(generateDataset(name, { clock: nextYear })).toEqual(moved(dataset, aYear));
    });

    test('a row refers only to existing rows of earlier tables', () => {
      const dataset = generateDataset(name);
      const order = dataset.tables.map((table) => table.name);
      for (const [table, column, target] of references) {
        const ids = new Set(values(dataset, target, 'id'));
        const dangling = values(dataset, table, column).filter((value) => value !== null && !ids.has(value));
        expect(dangling, `${table}.${column}`).toEqual([]);
        expect(order.indexOf(target), `${target} before ${table}`).toBeLessThan(order.indexOf(table));
      }
    });

    test('a dataset has no duplicate key', () => {
      const dataset = generateDataset(name);
      for (const [table, ...columns] of keys) expect(repeated(tuples(dataset, table, columns)), table).toEqual([]);
    });

    test('primary keys count up from 1', () => {
      const dataset = generateDataset(name);
      for (const table of ['organizations', 'users', 'user_sessions', 'threads', 'messages', 'attachments', 'events']) {
        const ids = values(dataset, table, 'id');
        expect(ids, table).toEqual(ids.map((_, i) => i + 1));
      }
    });

    test('every row has a value for every column', () => {
      const dataset = generateDataset(name);
      for (const { name: table, columns, rows } of dataset.tables) {
        expect(
          rows.filter((row) => row.length !== columns.length),
          table,
        ).toEqual([]);
        expect(
          rows.flat().filter((value) => value === undefined),
          table,
        ).toEqual([]);
      }
    });

    test('only participants own and write', () => {
      const dataset = generateDataset(name);
      const participants = new Set(tuples(dataset, 'thread_participants', ['thread_id', 'user_id']));
      const owners = tuples(dataset, 'threads', ['id', 'owner_id']);
      const authors = tuples(dataset, 'messages', ['thread_id', 'author_id']);
      expect([...owners, ...authors].filter((pair) => !participants.has(pair))).toEqual([]);
    });

    test('positions in a thread start at 1, without gaps, in order of time', () => {
      const dataset = generateDataset(name);
      const threads = messagesByThread(dataset);
      expect([...threads.keys()].toSorted((a, b) => a - b)).toEqual(values(dataset, 'threads', 'id'));
      for (const [thread, messages] of threads) {
        expect(
          messages.map(({ position }) => position),
          `thread ${thread}`,
        ).toEqual(messages.map((_, i) => i + 1));
        const times = messages.map(({ time }) => time);
        expect(times, `thread ${thread}`).toEqual([...new Set(times)].toSorted((a, b) => a - b));
      }
    });

    test("a thread's last message time is its newest message's", () => {
      const dataset = generateDataset(name);
      const newest = [...messagesByThread(dataset)].map(([thread, messages]) => [thread, messages.at(-1)!.time]);
      const claimed = rowsOf(dataset, 'threads', ['id', 'last_message_at']).map(([id, date]) => [id, Number(date)]);
      expect(newest.toSorted((a, b) => a[0]! - b[0]!)).toEqual(claimed);
    });
  });
}

test('performance grows with its scale factor', () => {
  // Large enough for repeated names.
  const dataset = generateDataset('performance', { scaleFactor: 50 });
  expect(rowCounts(dataset)).toMatchObject({ users: 5000, threads: 10_000, messages: 50_000, events: 0 });
  for (const [table, ...columns] of keys) expect(repeated(tuples(dataset, table, columns)), table).toEqual([]);
});

test('an unknown dataset is refused with the known names', () => {
  for (const name of ['huge', 'toString', ''])
    expect(() => generateDataset(name as DatasetName)).toThrow(
      new RangeError(
        `There is no dataset "${name}": choose one of minimal, basic_workflow, multi_user, performance, analytics.`,
      ),
    );
});

test('a scale factor other than a whole number from 1 is refused', () => {
  for (const scaleFactor of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => generateDataset('performance', { scaleFactor })).toThrow(
      new RangeError(`The scale factor of a dataset must be a whole number from 1 up, not ${scaleFactor}.`),
    );
});

test('only performance can be scaled', () => {
  for (const name of datasetNames.filter((other) => other !== 'performance'))
    expect(() => generateDataset(name, { scaleFactor: 2 })).toThrow(
      new RangeError(`Only the dataset "performance" can be scaled, "${name}" always has the same size.`),
    );
});

test("generating a dataset does not touch the spec's own faker", () => {
  shared.seed(1);
  const expected = shared.number.int();
  shared.seed(1);
  generateDataset('minimal');
  expect(shared.number.int()).toBe(expected);
});

function rowCounts(dataset: Dataset): Record<string, number> {
  return Object.fromEntries(dataset.tables.map(({ name, rows }) => [name, rows.length]));
}

function digest(dataset: Dataset): string {
  return createHash('sha256').update(JSON.stringify(dataset)).digest('hex');
}

function rowsOf(dataset: Dataset, name: string, columns: readonly string[]): Value[][] {
  const table = dataset.tables.find((candidate) => candidate.name === name)!;
  const places = columns.map((column) => table.columns.indexOf(column));
  return table.rows.map((row) => places.map((place) => row[place]!));
}

function values(dataset: Dataset, table: string, column: string): Value[] {
  return rowsOf(dataset, table, [column]).flat();
}

/** Joins several columns into one comparable text. */
function tuples(dataset: Dataset, table: string, columns: readonly string[]): string[] {
  return rowsOf(dataset, table, columns).map((row) => JSON.stringify(row));
}

function repeated(list: readonly string[]): string[] {
  const seen = new Set<string>();
  return list.filter((item) => seen.size === seen.add(item).size);
}

function messagesByThread(dataset: Dataset): Map<number, { position: number; time: number }[]> {
  const threads = new Map<number, { position: number; time: number }[]>();
  for (const row of rowsOf(dataset, 'messages', ['thread_id', 'position', 'created_at'])) {
    const [thread, position, time] = row.map(Number) as [number, number, number];
    threads.set(thread, [...(threads.get(thread) ?? []), { position, time }]);
  }
  return threads;
}

function moved(dataset: Dataset, by: number): Dataset {
  const move = (value: Value) => (value instanceof Date ? new Date(value.getTime() + by) : value);
  const tables = dataset.tables.map((table) => ({ ...table, rows: table.rows.map((row) => row.map(move)) }));
  return { ...dataset, tables };
}
