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
    const columns = await commonColumns(admin, before, after);
    const [old, now] = await Promise.all([
      rowsOnlyIn(admin, before, after, columns),
      rowsOnlyIn(admin, after, before, columns),
    ]);
    return summarize((after.table ?? before.table)!.name, await uniqueKey(admin, after, before, [old, now]), old, now);
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

/** At most this many differing rows are fetched from each side, since a test changes few rows. */
const mostRows = 10_000;

/** Rows that one database has more often than the other, compared by the columns that both have. */
async function rowsOnlyIn(
  admin: Administrator,
  one: TableInDatabase,
  other: TableInDatabase,
  columns: readonly string[],
): Promise<Row[]> {
  if (one.table === undefined || columns.length === 0) return [];
  const list = columns.map(quoted).join(', ');
  const hash = rowHash.replace('*', list);
  const otherRows =
    other.table === undefined
      ? ''
      : `UNION ALL SELECT ${hash} AS __hash, -1 AS __times FROM ${rowsOf(other.database, other.table)}`;
  const rows = await admin.rows<{ row: string; extra: string }>(`
    WITH excess AS (SELECT __hash, sum(__times) AS __extra FROM (SELECT ${hash} AS __hash, 1 AS __times
      FROM ${rowsOf(one.database, one.table)} ${otherRows}) GROUP BY __hash HAVING __extra > 0 LIMIT ${mostRows})
    SELECT __row AS row, toString(__extra) AS extra FROM (SELECT ${hash} AS __hash,
      any(formatRowNoNewline('JSONEachRow', ${list})) AS __row FROM ${rowsOf(one.database, one.table)}
      GROUP BY __hash) AS r JOIN excess USING __hash
    SETTINGS output_format_json_quote_64bit_integers = 1, output_format_json_quote_decimals = 1, output_format_json_quote_denormals = 1`);
  const integers = new Set(
    (await columnsOf(admin, one)).filter(({ type }) => /^(Nullable\()?U?Int64/.test(type)).map(({ name }) => name),
  );
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

async function columnsOf(
  admin: Administrator,
  { database, table }: TableInDatabase,
): Promise<{ name: string; type: string; key: boolean }[]> {
  if (table === undefined) return [];
  return admin.rows(
    `SELECT name, type, toBool(is_in_sorting_key) AS key FROM system.columns WHERE database = ${literal(database)} AND table = ${literal(table.physicalName)} AND default_kind NOT IN ('ALIAS', 'EPHEMERAL') ORDER BY position`,
  );
}

/** A column that only one side has is a changed definition, not a change of every row. */
async function commonColumns(admin: Administrator, before: TableInDatabase, after: TableInDatabase): Promise<string[]> {
  const [old, now] = (await Promise.all([columnsOf(admin, before), columnsOf(admin, after)])).map((columns) =>
    columns.map(({ name }) => name),
  );
  return before.table === undefined || after.table === undefined
    ? [...old!, ...now!]
    : now!.filter((column) => old!.includes(column));
}

/** ClickHouse's sorting keys are not unique; one that happens to be unique in these rows pairs them into changes. */
async function uniqueKey(
  admin: Administrator,
  after: TableInDatabase,
  before: TableInDatabase,
  sides: readonly (readonly Row[])[],
): Promise<string[] | undefined> {
  const columns = await columnsOf(admin, after.table === undefined ? before : after);
  const candidates = [columns.filter(({ name }) => name === 'id'), columns.filter(({ key }) => key)].map((chosen) =>
    chosen.map(({ name }) => name),
  );
  const identifies = (key: readonly string[]): boolean =>
    sides.every(
      (rows) => new Set(rows.map((row) => JSON.stringify(key.map((column) => row[column])))).size === rows.length,
    );
  return candidates.find((key) => key.length > 0 && identifies(key));
}
