import fc from 'fast-check';
import { escapeIdentifier } from 'pg';
import { expect, test } from '../../../fixtures/index.ts';
import type { PostgresDatabase, ServerConnection } from '../../../helpers/stores/postgres/index.ts';
import { type DefinitionChange, definitionChanges } from './changes/index.ts';
import { queryAsSuperuser } from './superuser.ts';

const definitions = [
  { title: 'no change of a definition is missed', runs: 1, most: 30, tag: '@short' },
  { title: 'no change of a definition is missed, in any order', runs: 10, most: 60, tag: '@long' },
  { title: 'no change is missed where every kind of definition changes', runs: 1, least: 1_000, tag: '@long' },
];

for (const { title, runs, least = 10, most = 1_000, tag } of definitions) {
  test(title, { tag }, async ({ postgres, _postgresServer: server }) => {
    test.skip(!server.owned, 'only a superuser may change everything');
    test.setTimeout(300_000);
    const all = definitionChanges(server.version);
    const some = fc.shuffledSubarray(all, {
      minLength: Math.min(least, all.length),
      maxLength: Math.min(most, all.length),
    });
    await fc.assert(
      fc.asyncProperty(some, async (changes) => {
        await apply(postgres, server, changes, ({ given }) => `CREATE SCHEMA {}; ${given}`);
        await postgres.snapshot('given');
        await apply(postgres, server, changes, ({ sql }) => sql);

        const difference = await postgres.diff('given');
        const told = [...difference.definitions, ...difference.tables].map((change) => JSON.stringify(change));
        const missed = changes.filter((_, index) => !told.some((text) => text.includes(markOf(index))));
        expect(missed.map(({ what }) => what)).toEqual([]);
        await postgres.restore();
      }),
      { numRuns: runs, seed: test.info().repeatEachIndex + 1 },
    );
  });
}

/** Values that are easily taken for each other, by type. */
const values: Readonly<Record<string, readonly (string | null)[]>> = {
  text: [null, '', ' ', 'null', 'a', 'A', 'a ', '"', ',', '(', '\\', '\n', 'é', 'e\u0301'],
  citext_like: [null, '', 'ana', 'Ana'],
  'text[]': [null, '{}', '{NULL}', '{""}', '{"NULL"}', '{a,b}', '{"a,b"}', '[0:1]={a,b}'],
  int: [null, '0', '1', '-1'],
  float8: [null, '0', '-0', 'NaN', 'Infinity', '0.1', '0.10000000000000002'],
  numeric: [null, '0', '0.0', '1', '1.0', 'NaN'],
  jsonb: [null, 'null', '{}', '[]', '{"a": null}', '""'],
  json: [null, 'null', '{"a":1}', '{"a": 1}', '{"a":1,"a":2}'],
  bytea: [null, '', '\\x00', '\\x0000'],
  interval: [null, '1 month', '30 days', '720 hours'],
  'bit(2)': [null, '00', '01'],
  mood: [null, 'glad', 'sad'],
};

/** What our own SQL calls things, and names that have to be quoted. */
const columnNames = [
  't',
  's',
  'c',
  'n',
  'k',
  'rows',
  'hash',
  'count',
  'name',
  'columns',
  'was',
  'Upper',
  'a"b',
  '1',
  ' ',
];

const table = fc
  .uniqueArray(fc.record({ name: fc.constantFrom(...columnNames), type: fc.constantFrom(...Object.keys(values)) }), {
    selector: ({ name }) => name,
    minLength: 1,
    maxLength: 4,
  })
  .chain((columns) => {
    const row = fc.tuple(...columns.map(({ type }) => fc.constantFrom(...values[type]!)));
    const rows = fc.array(row, { maxLength: 6 });
    const step = fc.record({ kind: fc.constantFrom('insert', 'delete', 'update'), place: fc.nat(5), row });
    return fc.record({ columns: fc.constant(columns), rows, steps: fc.array(step, { minLength: 1, maxLength: 3 }) });
  });

const data = [
  { title: 'no change of a row is missed', runs: 4, tag: '@short' },
  { title: 'no change of a row is missed, in a hundred tables', runs: 100, tag: '@long' },
];

for (const { title, runs, tag } of data) {
  test(title, { tag }, async ({ postgres }) => {
    test.setTimeout(300_000);
    await postgres.query(`
      CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE DOMAIN citext_like AS text;
      CREATE FUNCTION feeling(mood) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'some'::text $$;
      CREATE CAST (mood AS text) WITH FUNCTION feeling(mood)`);
    await fc.assert(
      fc.asyncProperty(table, async ({ columns, rows, steps }) => {
        const declared = columns.map(({ name, type }) => `"${name.replaceAll('"', '""')}" ${type}`).join(', ');
        await postgres.query(`DROP TABLE IF EXISTS s; CREATE TABLE s (${declared})`);
        for (const row of rows) await insert(postgres, row);
        await postgres.snapshot('before');
        const after = [...rows];
        for (const { kind, place, row } of steps) {
          const gone = kind === 'insert' ? undefined : after.splice(place, 1)[0];
          if (gone !== undefined)
            await postgres.query('DELETE FROM s WHERE ctid = (SELECT ctid FROM s OFFSET $1 LIMIT 1)', [place]);
          if (kind === 'delete' || (kind === 'update' && gone === undefined)) continue;
          await insert(postgres, row);
          after.push(row);
        }
        const [come, left] = [without(after, rows), without(rows, after)];
        const { tables } = await postgres.diff('before');
        const counts = tables.map(({ counts: { inserted, deleted } }) => ({ inserted, deleted }));
        expect(counts).toEqual(come + left === 0 ? [] : [{ inserted: come, deleted: left }]);
      }),
      { numRuns: runs, seed: test.info().repeatEachIndex + 1 },
    );
  });
}

const markOf = (index: number): string => `change_${index}_`;

/** An ordinary role may not make everything. */
function apply(
  { name }: PostgresDatabase,
  server: ServerConnection,
  changes: readonly DefinitionChange[],
  sqlOf: (change: DefinitionChange) => string,
): Promise<void> {
  const statements = changes.map((change, index) =>
    sqlOf(change)
      .replaceAll('{}', markOf(index))
      .replaceAll('{db}', escapeIdentifier(name))
      .replaceAll('{owner}', escapeIdentifier(server.testRole.user)),
  );
  return queryAsSuperuser(server, name, statements);
}

async function insert(postgres: PostgresDatabase, row: readonly (string | null)[]): Promise<void> {
  await postgres.query(`INSERT INTO s VALUES (${row.map((_, index) => `$${index + 1}`).join(', ')})`, row);
}

/** How many rows one side has more than the other; equal rows are counted. */
function without(rows: readonly unknown[], other: readonly unknown[]): number {
  const left = other.map((row) => JSON.stringify(row));
  return rows.filter((row) => {
    const place = left.indexOf(JSON.stringify(row));
    if (place !== -1) left.splice(place, 1);
    return place === -1;
  }).length;
}
