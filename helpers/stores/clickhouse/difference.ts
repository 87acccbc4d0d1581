import {
  type DatabaseDifference,
  type Definition,
  type DefinitionDifference,
  differingDefinitions,
  type Row,
  summarize,
  type TableDifference,
} from '../differences/index.ts';
import { type Catalogue, definitionsOf, readCatalogues, type StoredObject, tablesOf } from './catalogue.ts';
import { type Administrator, literal, quoted } from './connection.ts';
import { readContents, rowHash, rowsOf } from './contents.ts';
import { flushBuffers } from './mutations.ts';

export interface Comparison {
  definitions(before: readonly Definition[], after: readonly Definition[]): DefinitionDifference[];
  /** Makes visible what is on its way into a database. */
  settle(admin: Administrator, database: string): Promise<void>;
  rows(admin: Administrator, before: TableInDatabase, after: TableInDatabase): Promise<TableDifference>;
}

/** A table in one of the two databases; undefined where the table does not exist. */
export interface TableInDatabase {
  readonly database: string;
  readonly table: StoredObject | undefined;
}

export const comparison: Comparison = {
  definitions: differingDefinitions,

  settle: flushBuffers,

  async rows(admin, before, after) {
    const [oldColumns, newColumns] = await Promise.all([columnsOf(admin, before), columnsOf(admin, after)]);
    const columns = commonColumns(oldColumns, newColumns);
    const sides = { before, after, columns };
    const keys = keysOf(after.table === undefined ? oldColumns : newColumns, columns);
    const { key, counts } = await countRows(admin, sides, keys);
    const [old, now] = await Promise.all([
      rowsOnlyIn(admin, 'before', oldColumns, sides, key),
      rowsOnlyIn(admin, 'after', newColumns, sides, key),
    ]);
    return { ...summarize((after.table ?? before.table)!.name, key, old, now), counts };
  },
};

/** Compares two databases, all rows included; fetches single rows only of tables whose content differs. */
export async function compareDatabases(
  admin: Administrator,
  before: string,
  after: string,
  { definitions, settle, rows }: Comparison,
): Promise<DatabaseDifference> {
  await settle(admin, after);
  const [was, is] = (await readCatalogues(admin, [before, after], { quiet: true })).map(
    (catalogue): Catalogue => catalogue ?? new Map(),
  );
  const [old, now] = await Promise.all([contentsOf(admin, before, was!), contentsOf(admin, after, is!)]);
  const tables: TableDifference[] = [];
  for (const name of [...new Set([...old.keys(), ...now.keys()])].toSorted()) {
    if (old.get(name) !== now.get(name))
      tables.push(
        await rows(admin, { database: before, table: was!.get(name) }, { database: after, table: is!.get(name) }),
      );
  }
  return {
    tables: tables.filter(({ counts }) => counts.inserted + counts.changed + counts.deleted > 0),
    definitions: definitions(definitionsOf(was!), definitionsOf(is!)),
  };
}

async function contentsOf(admin: Administrator, database: string, catalogue: Catalogue): Promise<Map<string, string>> {
  const contents = await readContents(admin, database, tablesOf(catalogue));
  return new Map(contents.filter(({ rows }) => rows > 0).map(({ name, rows, hash }) => [name, `${rows} ${hash}`]));
}

/** At most this many differing rows are fetched, since few of them are shown. */
const mostRows = 10_000;

/** A table in both databases, and the columns that both have. */
interface Sides {
  readonly before: TableInDatabase;
  readonly after: TableInDatabase;
  readonly columns: readonly string[];
}

const hashOf = (columns: readonly string[]): string => rowHash.replace('*', columns.map(quoted).join(', '));

/** Selects the hashes of rows that one side has more often, as `__extra`, which is below 0 where that is `before`. */
function selectExtra({ before, after, columns }: Sides, key: readonly string[] = columns): string {
  const rowsIn = ({ database, table }: TableInDatabase, times: number): string[] =>
    table === undefined
      ? []
      : [
          `SELECT ${hashOf(columns)} AS __hash, ${hashOf(key)} AS __of, ${times} AS __times
            FROM ${rowsOf(database, table)}`,
        ];
  return `SELECT __hash, any(__of) AS __key, sum(__times) AS __extra
    FROM (${[...rowsIn(after, 1), ...rowsIn(before, -1)].join(' UNION ALL ')}) GROUP BY __hash HAVING __extra != 0`;
}

/**
 * Counts the differing rows, all of them. ClickHouse's sorting keys are not unique; the first that happens to be unique
 * in these rows pairs them into changes.
 */
async function countRows(
  admin: Administrator,
  sides: Sides,
  keys: readonly (readonly string[])[],
): Promise<{ readonly key: readonly string[] | undefined; readonly counts: TableDifference['counts'] }> {
  if (sides.columns.length === 0) return { key: undefined, counts: { inserted: 0, changed: 0, deleted: 0 } };
  const candidates = [...keys, undefined];
  const selects = candidates.map(
    (key, number) => `
      SELECT ${number} AS number, toUInt32(sum(__come)) AS come, toUInt32(sum(__gone)) AS gone,
        toUInt32(countIf(__come > 0 AND __gone > 0)) AS changed, (max(__come) <= 1 AND max(__gone) <= 1) AS isUnique
      FROM (SELECT sum(greatest(__extra, 0)) AS __come, sum(greatest(-__extra, 0)) AS __gone
        FROM (${selectExtra(sides, key)}) GROUP BY __key)`,
  );
  const counted = await admin.rows<{ number: number; come: number; gone: number; changed: number; isUnique: number }>(
    `SELECT * FROM (${selects.join(' UNION ALL ')}) ORDER BY number`,
  );
  const { number, come, gone, changed } = counted.find(({ isUnique }) => isUnique === 1) ?? counted.at(-1)!;
  return { key: candidates[number], counts: { inserted: come - changed, changed, deleted: gone - changed } };
}

/** Rows that this side has more often than the other; where there are too many, both sides choose the same keys. */
async function rowsOnlyIn(
  admin: Administrator,
  side: 'before' | 'after',
  own: readonly Column[],
  sides: Sides,
  key: readonly string[] | undefined,
): Promise<Row[]> {
  const one = sides[side];
  if (one.table === undefined || sides.columns.length === 0) return [];
  const hash = hashOf(sides.columns);
  const rows = await admin.rows<{ row: string; extra: string }>(`
    WITH excess AS (SELECT __hash, __extra FROM (${selectExtra(sides, key)}) ORDER BY __key LIMIT ${mostRows} WITH TIES)
    SELECT __row AS row, toString(abs(__extra)) AS extra FROM (SELECT ${hash} AS __hash,
      any(formatRowNoNewline('JSONEachRow', ${sides.columns.map(quoted).join(', ')})) AS __row
      FROM ${rowsOf(one.database, one.table)} GROUP BY __hash) AS r JOIN excess USING __hash
    WHERE __extra ${side === 'after' ? '>' : '<'} 0
    SETTINGS output_format_json_quote_64bit_integers = 1, output_format_json_quote_decimals = 1, output_format_json_quote_denormals = 1`);
  const integers = new Set(own.filter(({ type }) => /^(Nullable\()?U?Int64/.test(type)).map(({ name }) => name));
  return rows.flatMap(({ row, extra }) => Array.from({ length: Number(extra) }, () => revived(row, integers)));
}

/** Quoted 64-bit integers become numbers again where JavaScript can represent them. */
function revived(row: string, integers: ReadonlySet<string>): Row {
  const values = Object.entries(JSON.parse(row) as Row);
  return Object.fromEntries(
    values.map(([name, value]) => [
      name,
      integers.has(name) && typeof value === 'string' && Number.isSafeInteger(Number(value)) ? Number(value) : value,
    ]),
  );
}

interface Column {
  readonly name: string;
  readonly type: string;
  /** Whether it is in the sorting key. */
  readonly key: boolean;
}

async function columnsOf(admin: Administrator, { database, table }: TableInDatabase): Promise<Column[]> {
  if (table === undefined) return [];
  return admin.rows(
    `SELECT name, type, toBool(is_in_sorting_key) AS key FROM system.columns WHERE database = ${literal(database)} AND table = ${literal(table.physicalName)} AND default_kind NOT IN ('ALIAS', 'EPHEMERAL') ORDER BY position`,
  );
}

/** A column that only one side has is a changed definition, not a change of every row; a table has at least one. */
function commonColumns(before: readonly Column[], after: readonly Column[]): string[] {
  const [old, now] = [before, after].map((columns) => columns.map(({ name }) => name)) as [string[], string[]];
  return old.length === 0 || now.length === 0 ? [...old, ...now] : now.filter((column) => old.includes(column));
}

/** What may identify a row: `id`, and the sorting key, where both sides have its columns. */
function keysOf(known: readonly Column[], columns: readonly string[]): string[][] {
  const sorting = known.filter(({ key }) => key).map(({ name }) => name);
  return [...(sorting.join() === 'id' ? [] : [['id']]), sorting].filter(
    (key) => key.length > 0 && key.every((name) => columns.includes(name)),
  );
}
