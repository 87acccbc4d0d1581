import { expect, test } from '@playwright/test';
import {
  type DatabaseDifference,
  describeDifference,
  differingDefinitions,
  differingRows,
  isEmpty,
  summarize,
} from './index.ts';

const nothing: DatabaseDifference = { tables: [], definitions: [] };

test.describe('rows', () => {
  test('an inserted, a changed and a deleted row are told apart by the primary key', () => {
    const before = [
      { id: 1, name: 'Ana' },
      { id: 2, name: 'Ben' },
      { id: 3, name: 'Cleo' },
    ];
    const after = [
      { id: 1, name: 'Ana' },
      { id: 2, name: 'Bea' },
      { id: 4, name: 'Cleo' },
    ];
    expect(differingRows('users', ['id'], before, after)).toEqual({
      table: 'users',
      counts: { inserted: 1, changed: 1, deleted: 1 },
      inserted: [{ id: 4, name: 'Cleo' }],
      changed: [{ before: { id: 2, name: 'Ben' }, after: { id: 2, name: 'Bea' } }],
      deleted: [{ id: 3, name: 'Cleo' }],
    });
  });

  test('a key of several columns is equal when all of them are', () => {
    const before = [{ team: 1, user: 2, role: 'member' }];
    const key = ['team', 'user'];
    expect(differingRows('seats', key, before, [{ team: 1, user: 2, role: 'owner' }]).counts).toEqual({
      inserted: 0,
      changed: 1,
      deleted: 0,
    });
    expect(differingRows('seats', key, before, [{ team: 1, user: 3, role: 'member' }]).counts).toEqual({
      inserted: 1,
      changed: 0,
      deleted: 1,
    });
  });

  test('values of a key do not run into each other', () => {
    const [before, after] = [[{ a: '1', b: '12', n: 1 }], [{ a: '11', b: '2', n: 2 }]];
    expect(differingRows('pairs', ['a', 'b'], before, after).counts).toEqual({ inserted: 1, changed: 0, deleted: 1 });
  });

  test('without a primary key no row counts as changed', () => {
    const difference = differingRows('ticks', undefined, [{ what: 'tick' }], [{ what: 'tock' }]);
    expect(difference).toMatchObject({
      counts: { inserted: 1, changed: 0, deleted: 1 },
      inserted: [{ what: 'tock' }],
      changed: [],
      deleted: [{ what: 'tick' }],
    });
  });

  test('equal rows in another order are no difference', () => {
    const rows = [{ what: 'one' }, { what: 'two' }];
    expect(differingRows('ticks', undefined, rows, rows.toReversed()).counts).toEqual({
      inserted: 0,
      changed: 0,
      deleted: 0,
    });
  });

  test('repetitions of an equal row are counted on both sides', () => {
    const ticks = (count: number) => Array.from({ length: count }, () => ({ what: 'tick' }));
    expect(differingRows('ticks', undefined, ticks(3), ticks(1)).counts).toEqual({
      inserted: 0,
      changed: 0,
      deleted: 2,
    });
    expect(differingRows('ticks', undefined, ticks(1), ticks(4)).counts).toEqual({
      inserted: 3,
      changed: 0,
      deleted: 0,
    });
  });

  test('rows that are known to differ are listed even if they look alike', () => {
    const difference = summarize('readings', ['id'], [{ id: 1, value: 'NaN' }], [{ id: 1, value: 'NaN' }]);
    expect(difference.counts).toEqual({ inserted: 0, changed: 1, deleted: 0 });
  });

  test('at most twenty rows of each kind are listed, and all are counted', () => {
    const rows = (from: number, count: number, name: string) =>
      Array.from({ length: count }, (_, index) => ({ id: from + index, name }));
    const [old, changed, added] = [rows(1, 21, 'old'), rows(1, 21, 'new'), rows(100, 22, 'added')];
    const difference = differingRows('users', ['id'], [...old, ...rows(200, 23, 'gone')], [...changed, ...added]);
    expect(difference.counts).toEqual({ inserted: 22, changed: 21, deleted: 23 });
    expect([difference.inserted.length, difference.changed.length, difference.deleted.length]).toEqual([20, 20, 20]);
    expect(difference.inserted[0]).toEqual({ id: 100, name: 'added' });
    expect(describeDifference({ tables: [difference], definitions: [] })).toMatch(/\n {2}… and 6 more$/);
  });
});

test.describe('definitions', () => {
  const view = (definition: string) => ({ kind: 'view', name: 'names', definition });

  test('a new, a changed and a removed definition come in order of their names, and an equal one not at all', () => {
    const table = { kind: 'table', name: 'users', definition: 'id int' };
    const index = { kind: 'index', name: 'users_email', definition: 'btree' };
    expect(
      differingDefinitions([table, view('SELECT 1'), { ...table, name: 'old' }], [view('SELECT 2'), table, index]),
    ).toEqual([
      { kind: 'index', name: 'users_email', before: undefined, after: 'btree' },
      { kind: 'table', name: 'old', before: 'id int', after: undefined },
      { kind: 'view', name: 'names', before: 'SELECT 1', after: 'SELECT 2' },
    ]);
  });

  test('definitions of one name and of different kinds are different ones', () => {
    expect(differingDefinitions([view('x')], [{ ...view('x'), kind: 'table' }])).toEqual([
      { kind: 'table', name: 'names', before: undefined, after: 'x' },
      { kind: 'view', name: 'names', before: 'x', after: undefined },
    ]);
  });

  test('several definitions of one kind and name are one, whatever their order', () => {
    expect(differingDefinitions([view('b'), view('a')], [view('a'), view('b')])).toEqual([]);
    expect(differingDefinitions([view('b'), view('a')], [view('a')])).toEqual([
      { kind: 'view', name: 'names', before: 'a\nb', after: 'a' },
    ]);
  });
});

test.describe('as text', () => {
  const counts = { inserted: 0, changed: 0, deleted: 0 };
  const table = { table: 'users', counts, inserted: [], changed: [], deleted: [] };
  const row = (value: unknown) =>
    describeDifference({
      tables: [{ ...table, counts: { ...counts, inserted: 1 }, inserted: [{ value }] }],
      definitions: [],
    });
  const change = (before: object, after: object) =>
    describeDifference({
      tables: [
        { ...table, counts: { ...counts, changed: 1 }, changed: [{ before: { ...before }, after: { ...after } }] },
      ],
      definitions: [],
    });

  test('no difference reads so, and a difference of either kind does not', () => {
    expect(describeDifference(nothing)).toBe('no difference');
    expect(isEmpty(nothing)).toBe(true);
    expect(isEmpty({ ...nothing, tables: [table] })).toBe(false);
    const definitions = [{ kind: 'view', name: 'names', before: undefined, after: 'SELECT 1' }];
    expect(isEmpty({ ...nothing, definitions })).toBe(false);
  });

  test('tables come first, then definitions, with empty lines between them', () => {
    const inserted = [{ id: 4, email: 'ana@example.com', nick: null }];
    const changed = [{ before: { id: 2, name: 'Ben' }, after: { id: 2, name: 'Bea' } }];
    expect(
      describeDifference({
        tables: [
          { ...table, counts: { inserted: 1, changed: 1, deleted: 0 }, inserted, changed },
          { ...table, table: 'notes', counts: { ...counts, deleted: 1 }, deleted: [{ id: 1, line: 'one' }] },
        ],
        definitions: [
          { kind: 'view', name: 'names', before: 'SELECT 1', after: 'SELECT 2\nFROM users' },
          { kind: 'index', name: 'a', before: undefined, after: 'btree' },
          { kind: 'index', name: 'b', before: 'hash', after: undefined },
          { kind: 'schema', name: 'shop', before: undefined, after: '' },
        ],
      }),
    ).toBe(
      [
        'users  1 inserted, 1 changed',
        '  + id: 4, email: "ana@example.com"',
        '  ~ id: 2  name: "Ben" → "Bea"',
        '',
        'notes  1 deleted',
        '  - id: 1, line: "one"',
        '',
        'view names  changed',
        '  - SELECT 1',
        '  + SELECT 2',
        '    FROM users',
        '',
        'index a  new',
        '  + btree',
        '',
        'index b  gone',
        '  - hash',
        '',
        'schema shop  new',
      ].join('\n'),
    );
  });

  test('numbers and truth values are bare, everything else is quoted', () => {
    const shown = [7, '-7', '12.50', 't', 'f', 'true', '1.', 'x1', '1x', '1.2.3', 'tf', 'at', 'fa', { a: 1 }].map(
      (value) => row(value).replace(/^[^:]*: /, ''),
    );
    expect(shown).toEqual([
      '7',
      '-7',
      '12.50',
      't',
      'f',
      '"true"',
      '"1."',
      '"x1"',
      '"1x"',
      '"1.2.3"',
      '"tf"',
      '"at"',
      '"fa"',
      '"{\\"a\\":1}"',
    ]);
  });

  test('a long value is cut', () => {
    expect(row('x'.repeat(80))).toContain(`"${'x'.repeat(80)}"`);
    expect(row('x'.repeat(81))).toContain(`"${'x'.repeat(79)}…"`);
  });

  test('a change names null, and a column that one side lacks', () => {
    expect(change({ id: 1, nick: null, name: 'Ana' }, { id: 1, nick: 'An', mail: 'a@b' })).toContain(
      '  ~ id: 1  nick: null → "An", name: "Ana" → (no such column), mail: (no such column) → "a@b"',
    );
  });

  test('a list that both sides have in common is no change', () => {
    expect(change({ id: 1, tags: ['a'], n: 1 }, { id: 1, tags: ['a'], n: 2 })).toContain('~ id: 1  n: 1 → 2');
  });

  test('a change of every column has no unchanged one to identify the row', () => {
    expect(change({ a: 1 }, { a: 2 })).toBe('users  1 changed\n  ~ a: 1 → 2');
  });

  test('nothing is said of more rows when all are shown', () => {
    expect(row(1)).toBe('users  1 inserted\n  + value: 1');
  });
});
