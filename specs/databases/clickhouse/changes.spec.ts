import fc from 'fast-check';
import { expect, test } from '../../../fixtures/index.ts';
import type { ClickHouseDatabase } from '../../../helpers/stores/clickhouse/index.ts';
import { type Choice, keepersOf, otherObjects, partsOfTables, tableOf, valuesOfTypes } from './changes.ts';

type TableParts = Choice<typeof partsOfTables>;

const plain = Object.fromEntries(Object.entries(partsOfTables).map(([part, [first]]) => [part, first])) as TableParts;

/** Every alternative of every part, as an object's definition before and after. */
const everyChange = [
  ...Object.entries(partsOfTables).flatMap(([part, alternatives]) =>
    alternatives.map((before, i) => {
      const after = alternatives[(i + 1) % alternatives.length]!;
      return [`${part}_${i}`, tableOf('{}', { ...plain, [part]: before }), tableOf('{}', { ...plain, [part]: after })];
    }),
  ),
  ...Object.entries(otherObjects).flatMap(([what, definitions]) =>
    definitions.map((before, i) => [`${what}_${i}`, before, definitions[(i + 1) % definitions.length]!]),
  ),
] as [name: string, before: string, after: string][];

async function create({ client, name: database }: ClickHouseDatabase, name: string, definition: string): Promise<void> {
  const query = definition.replaceAll('{}', name).replace("Buffer(''", `Buffer('${database}'`);
  await client.command({ query, clickhouse_settings: { allow_experimental_statistics: 1 } });
}

async function drop({ client }: ClickHouseDatabase, name: string, definition: string): Promise<void> {
  const kind = /^CREATE (MATERIALIZED )?(\w+)/.exec(definition)![2];
  await client.command({ query: `DROP ${kind} ${name} SYNC` });
}

/** The objects whose definitions differ from a snapshot's, without the tables inside materialized views. */
async function changedSince(clickhouse: ClickHouseDatabase, snapshot: string): Promise<string[]> {
  const { definitions } = await clickhouse.diff(snapshot);
  return [...new Set(definitions.map(({ name }) => name.replace(' (its rows)', '')))].toSorted();
}

test('a change of every part of every definition is found, and undone', async ({ clickhouse }) => {
  test.slow();
  await Promise.all(everyChange.map(([name, before]) => create(clickhouse, name, before)));
  await clickhouse.snapshot('before');
  expect(await changedSince(clickhouse, 'before')).toEqual([]);

  await Promise.all(
    everyChange.map(async ([name, before, after]) => {
      await drop(clickhouse, name, before);
      await create(clickhouse, name, after);
    }),
  );
  expect(await changedSince(clickhouse, 'before')).toEqual(everyChange.map(([name]) => name).toSorted());

  await clickhouse.restore('before');
  await expect(clickhouse).toBeUnchanged('before');
});

const tables = fc.record(
  Object.fromEntries(Object.entries(partsOfTables).map(([part, all]) => [part, fc.constantFrom(...all)])),
) as unknown as fc.Arbitrary<TableParts>;
const databases = fc.record({
  odd: tables.map((parts) => tableOf('{}', parts)),
  ...Object.fromEntries(Object.entries(otherObjects).map(([what, all]) => [what, fc.constantFrom(...all)])),
}) as fc.Arbitrary<Record<string, string>>;

for (const { title, numRuns, tag } of [
  { title: 'of two databases, the objects that differ are named', numRuns: 3, tag: '@short' },
  { title: 'of two databases, the objects that differ are named, forty times', numRuns: 40, tag: '@long' },
]) {
  test(title, { tag }, async ({ clickhouse }) => {
    test.setTimeout(60_000 + numRuns * 3_000);
    await fc.assert(
      fc
        .asyncProperty(databases, databases, async (before, after) => {
          for (const [name, definition] of Object.entries(before)) await create(clickhouse, name, definition);
          await clickhouse.snapshot('before');
          const differing = Object.keys(after).filter((name) => before[name] !== after[name]);
          for (const name of differing) {
            await drop(clickhouse, name, before[name]!);
            await create(clickhouse, name, after[name]!);
          }
          expect(await changedSince(clickhouse, 'before')).toEqual(differing.toSorted());
        })
        .beforeEach(() => clickhouse.restore()),
      { numRuns },
    );
  });
}

/** A table named \`odd\` of rows with an id and a value, whose columns are named as in our own statements. */
async function createRows(
  { client, name }: ClickHouseDatabase,
  type: string,
  keeper: string,
  table = 'odd',
): Promise<void> {
  const columns = `(id UInt8, hash ${type}, \`row\` UInt8 DEFAULT 7, extra UInt8 DEFAULT 1, times UInt8, rows UInt8)`;
  const [engine, kept] = keeper === 'Buffer' ? ['MergeTree ORDER BY id', `${table}_kept`] : [keeper, table];
  await client.command({ query: `CREATE TABLE ${kept} ${columns} ENGINE = ${engine}` });
  if (kept !== table)
    await client.command({
      query: `CREATE TABLE ${table} ${columns} ENGINE = Buffer(${name}, ${kept}, 1, 600, 600, 1000000, 1000000, 100000000, 100000000)`,
    });
}

type Rows = readonly { readonly id: number; readonly value: string }[];

async function insert({ client }: ClickHouseDatabase, type: string, rows: Rows, table = 'odd'): Promise<void> {
  for (const { id, value } of rows)
    await client.command({ query: `INSERT INTO ${table} (id, hash) SELECT ${id}, CAST(${value}, ${literal(type)})` });
}

function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

test('a change between any two values of a type is found', async ({ clickhouse }) => {
  test.slow();
  const types = Object.entries(valuesOfTypes).map(([type, all], i) => ({ type, all, table: `odd_${i}` }));
  const rowsOf = (all: readonly string[], shift: number): Rows =>
    all.map((_, id) => ({ id, value: all[(id + shift) % all.length]! }));
  await Promise.all(
    types.map(async ({ type, all, table }) => {
      await createRows(clickhouse, type, 'Memory', table);
      await insert(clickhouse, type, rowsOf(all, 0), table);
    }),
  );
  await clickhouse.snapshot('before');
  await Promise.all(
    types.map(async ({ type, all, table }) => {
      await clickhouse.client.command({ query: `TRUNCATE TABLE ${table}` });
      await insert(clickhouse, type, rowsOf(all, 1), table);
    }),
  );
  const { tables: differences } = await clickhouse.diff('before');
  expect(Object.fromEntries(differences.map(({ table, counts }) => [table, counts]))).toEqual(
    Object.fromEntries(types.map(({ all, table }) => [table, { inserted: 0, changed: all.length, deleted: 0 }])),
  );
  expect(differences[0]!.changed[0]!.after).toMatchObject({ row: 7, extra: 1, times: 0 });
});

const contents = fc.constantFrom(...Object.keys(valuesOfTypes)).chain((type) => {
  const rows = fc.array(fc.record({ id: fc.nat(2), value: fc.constantFrom(...valuesOfTypes[type]!) }), {
    maxLength: 4,
  });
  return fc.record({ type: fc.constant(type), keeper: fc.constantFrom(...keepersOf(type)), before: rows, after: rows });
});

for (const { title, numRuns, tag } of [
  { title: 'rows differ exactly when they are not the same rows in the same number', numRuns: 4, tag: '@short' },
  {
    title: 'rows differ exactly when they are not the same rows in the same number, forty times',
    numRuns: 40,
    tag: '@long',
  },
]) {
  test(title, { tag }, async ({ clickhouse }) => {
    test.setTimeout(60_000 + numRuns * 3_000);
    await fc.assert(
      fc
        .asyncProperty(contents, async ({ type, keeper, before, after }) => {
          await createRows(clickhouse, type, keeper);
          await insert(clickhouse, type, before);
          await clickhouse.snapshot('before');
          await clickhouse.client.command({ query: `TRUNCATE TABLE ${keeper === 'Buffer' ? 'odd_kept' : 'odd'}` });
          await insert(clickhouse, type, after);
          const textOf = (rows: Rows): string =>
            JSON.stringify(rows.map(({ id, value }) => `${id} ${value}`).toSorted());
          const { tables: differences } = await clickhouse.diff('before');
          expect(differences.length).toBe(textOf(before) === textOf(after) ? 0 : 1);
          await clickhouse.restore('before');
          expect((await clickhouse.diff('before')).tables).toEqual([]);
        })
        .beforeEach(() => clickhouse.restore()),
      { numRuns },
    );
  });
}
