import type { Definition } from '../differences/index.ts';
import { type Administrator, literal, quoted } from './connection.ts';

export type Kind = 'table' | 'view' | 'materialized view' | 'dictionary';

/** One thing in a database. */
export interface StoredObject {
  /** Its name; for the table inside a materialized view, whose name is made of ids, one made of that view's. */
  readonly name: string;
  /** What it is called in SQL. */
  readonly physicalName: string;
  readonly kind: Kind;
  readonly engine: string;
  /** Its CREATE statement, with {@link here} for the database. */
  readonly definition: string;
  /** Whether it belongs to another object, with which it comes and goes. */
  readonly inner: boolean;
  /** Equal for equal rows: what ClickHouse knows of a table's parts, by partition. */
  readonly content: ReadonlyMap<string, string>;
  /** Whether a mutation is under way, or a dictionary has read its source: it is not what it will be. */
  readonly unsettled: boolean;
}

export type Catalogue = ReadonlyMap<string, StoredObject>;

/** Stands for the name of the database in a definition, so that those of two databases can be compared. */
const here = '{database}';

/** A definition as a statement for a database of that name. */
export function inDatabase(definition: string, database: string): string {
  return definition.replaceAll(here, database);
}

interface ObjectRow {
  readonly database: string;
  readonly name: string;
  readonly uuid: string;
  readonly engine: string;
  readonly definition: string;
  readonly content: readonly (readonly [partition: string, fingerprint: string])[];
  readonly unsettled: boolean;
}

/** What is in these databases; undefined for one that is not there. Reads no rows, except of tables without parts. */
export async function readCatalogues(admin: Administrator, databases: readonly string[]): Promise<(Catalogue | undefined)[]> {
  const names = databases.map(literal).join(', ');
  // Parts that were copied have the same checksums as their originals, whatever their names.
  const rows = await admin.rows<ObjectRow>(`
    SELECT d.name AS database, t.name AS name, toString(t.uuid) AS uuid, t.engine AS engine, t.create_table_query AS definition,
           p.content AS content, toBool(m.unfinished > 0 OR l.loaded > 0) AS unsettled
    FROM system.databases AS d
    LEFT JOIN (SELECT * FROM system.tables WHERE database IN (${names}) AND NOT is_temporary) AS t ON t.database = d.name
    LEFT JOIN (
      SELECT database, table, groupArray((partition_id, fingerprint)) AS content FROM (
        SELECT database, table, partition_id, arrayStringConcat(arraySort(groupArray(concat(toString(rows), ' ', hash_of_all_files))), ',') AS fingerprint
        FROM system.parts WHERE active AND rows > 0 AND database IN (${names}) GROUP BY database, table, partition_id)
      GROUP BY database, table) AS p ON p.database = t.database AND p.table = t.name
    LEFT JOIN (SELECT database, table, count() AS unfinished FROM system.mutations WHERE NOT is_done AND database IN (${names}) GROUP BY database, table) AS m ON m.database = t.database AND m.table = t.name
    LEFT JOIN (SELECT database, name, count() AS loaded FROM system.dictionaries WHERE status != 'NOT_LOADED' AND database IN (${names}) GROUP BY database, name) AS l ON l.database = t.database AND l.name = t.name
    WHERE d.name IN (${names})`);
  return Promise.all(databases.map(async (database) => {
    const own = rows.filter((row) => row.database === database);
    if (own.length === 0) return undefined;
    const objects = own.filter(({ name }) => name !== '');
    const viewById = new Map(objects.map(({ uuid, name }) => [uuid, name]));
    const unpartitioned = await hashesWithoutParts(admin, database, objects);
    return new Map(objects.map((row) => {
      const object = toObject(row, viewById, unpartitioned.get(row.name));
      return [object.name, object];
    }));
  }));
}

function toObject({ database, name, engine, definition, content, unsettled }: ObjectRow, viewById: ReadonlyMap<string, string>, hash: string | undefined): StoredObject {
  const view = viewById.get(name.replace(/^\.inner_id\./, ''));
  return {
    name: view === undefined ? name : `${view} (its rows)`,
    physicalName: name,
    kind: kindOf(engine),
    engine,
    definition: view === undefined ? withoutDatabase(definition, database) : '', // that of the other one says it all
    inner: view !== undefined,
    content: hash === undefined ? new Map(content) : new Map([['all', hash]]),
    unsettled,
  };
}

function kindOf(engine: string): Kind {
  return engine === 'View' ? 'view' : engine === 'MaterializedView' ? 'materialized view' : engine === 'Dictionary' ? 'dictionary' : 'table';
}

/** The name as a whole word: `…_w1` is not part of `…_w10`. */
function withoutDatabase(definition: string, database: string): string {
  return definition.replace(new RegExp(`\\b${database}\\b`, 'g'), here);
}

export function hasParts(engine: string): boolean {
  return engine.endsWith('MergeTree');
}

/** Whether a table of this engine has rows of its own that can be read; others pass them on, or read them elsewhere. */
export function storesRows(engine: string): boolean {
  return hasParts(engine) || ['Memory', 'Log', 'TinyLog', 'StripeLog', 'Join', 'EmbeddedRocksDB'].includes(engine);
}

/** Tables in memory and logs have no parts; their rows are read, which are few as a rule. */
async function hashesWithoutParts(admin: Administrator, database: string, objects: readonly ObjectRow[]): Promise<Map<string, string>> {
  const tables = objects.filter(({ engine }) => storesRows(engine) && !hasParts(engine));
  if (tables.length === 0) return new Map();
  const contents = await readContents(admin, database, tables.map(({ name, engine }) => ({ name, physicalName: name, engine })));
  return new Map(contents.filter(({ rows }) => rows > 0).map(({ name, rows, hash }) => [name, `${rows} ${hash}`]));
}

/** A table's rows, counted and summed up: equal for equal rows in whatever order. */
export interface TableContent {
  readonly name: string;
  readonly rows: number;
  readonly hash: string;
}

/** Reads every row of these tables. */
export async function readContents(admin: Administrator, database: string, tables: readonly Pick<StoredObject, 'name' | 'physicalName' | 'engine'>[]): Promise<TableContent[]> {
  if (tables.length === 0) return [];
  const selects = tables.map((table) => `SELECT ${literal(table.name)} AS name, toUInt32(count()) AS rows, toString(sum(${rowHash})) AS hash FROM ${rowsOf(database, table)}`);
  return admin.rows<TableContent>(`${selects.join(' UNION ALL ')} SETTINGS asterisk_include_materialized_columns = 1`);
}

/** A row's hash, whatever the types of its columns. */
export const rowHash = "cityHash64(formatRowNoNewline('RowBinary', *))";

/** A table's rows as they will be when its parts are merged: when that happens must make no difference. */
export function rowsOf(database: string, { physicalName, engine }: Pick<StoredObject, 'physicalName' | 'engine'>): string {
  const merges = /^(Shared|Replicated)?(Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Graphite|Coalescing)MergeTree$/.test(engine);
  return `${quoted(database)}.${quoted(physicalName)}${merges ? ' FINAL' : ''}`;
}

/** Everything that is defined, for comparison. */
export function definitionsOf(catalogue: Catalogue): Definition[] {
  return [...catalogue.values()].filter(({ inner }) => !inner).map(({ kind, name, definition }) => ({ kind, name, definition: definition.replaceAll(`${here}.`, '') }));
}

/** Everything that holds rows of its own. */
export function tablesOf(catalogue: Catalogue): StoredObject[] {
  return [...catalogue.values()].filter(({ engine }) => storesRows(engine));
}
