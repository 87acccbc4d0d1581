import { createHash } from 'node:crypto';
import type { Definition } from '../differences/index.ts';
import { type Administrator, literal, quoted } from './connection.ts';
import { builderOf, ownerOf, ownUsers } from './names.ts';

export type Kind = 'table' | 'view' | 'materialized view' | 'dictionary' | 'detached table';

export interface StoredObject {
  /** Stable across databases: the table inside a materialized view is named after the view, not after its random id. */
  readonly name: string;
  /** The name in SQL. */
  readonly physicalName: string;
  readonly kind: Kind;
  readonly engine: string;
  /** Its CREATE statement, with {@link here} in place of the database's name. */
  readonly definition: string;
  /** The materialized view that this inner table belongs to; it is created and dropped with it. */
  readonly owner: string | undefined;
  /** A fingerprint for each partition, computed from ClickHouse's own metadata of the parts: equal for equal rows. */
  readonly content: ReadonlyMap<string, string>;
  /** Whether the catalogue does not show its whole state: a mutation, a detached part, a loaded dictionary. */
  readonly unsettled: boolean;
}

export type Catalogue = ReadonlyMap<string, StoredObject>;

/** Replaces the database's name in definitions, so that those of two databases can be compared. */
const here = '\u0000database\u0000';

/** Replaces the user as whom a view reads; a copy's is the user that has every right in all of a worker's databases. */
const definer = '\u0000definer\u0000';

/** Turns a stored definition into a statement for the given database. */
export function inDatabase(definition: string, database: string): string {
  return definition.replaceAll(here, database).replaceAll(definer, builderOf(ownerOf(database)));
}

/** One row of the catalogue query: a database, an object in it, or a part of a table. */
interface CatalogueRow {
  readonly about: 'database' | 'object' | 'detached' | 'part' | 'unsettled';
  readonly database: string;
  readonly name: string;
  readonly uuid: string;
  readonly engine: string;
  readonly definition: string;
  readonly partition: string;
  readonly fingerprint: string;
}

/**
 * Reads the catalogues of databases; undefined for a database that does not exist, or was not created by this helper.
 * Reads no rows, except of tables without parts. It is one statement of plain SELECTs, because joins or separate
 * statements take twice as long. With `quiet` the caller promises that no query is running there, and unsettled objects
 * are not searched for.
 */
export async function readCatalogues(
  admin: Administrator,
  databases: readonly string[],
  { quiet = false }: { readonly quiet?: boolean } = {},
): Promise<(Catalogue | undefined)[]> {
  const names = databases.map(literal).join(', ');
  // A scalar subquery is evaluated before the statement runs: if it sees a mutation under way, the parts that the
  // statement reads may or may not include the mutation's changes, and the object counts as unsettled.
  const rows = await admin.rows<CatalogueRow>(`
    ${
      quiet
        ? ''
        : `WITH (SELECT groupUniqArray((database, name)) FROM (
      SELECT database, table AS name FROM system.mutations WHERE NOT is_done AND database IN (${names})
      UNION ALL SELECT database, table FROM system.detached_parts WHERE database IN (${names})
      UNION ALL SELECT database, name FROM system.dictionaries WHERE status != 'NOT_LOADED' AND database IN (${names}))) AS unsettled`
    }
    SELECT 'database' AS about, d.name AS database, '' AS name, '' AS uuid, d.engine AS engine, d.comment AS definition, '' AS partition, '' AS fingerprint FROM system.databases AS d WHERE d.name IN (${names})
    UNION ALL SELECT 'object', database, name, toString(uuid), engine, create_table_query, '', '' FROM system.tables WHERE NOT is_temporary AND database IN (${names})
    -- Parts that were copied have the same checksums as their originals, whatever their names.
    UNION ALL SELECT 'part', database, table, '', '', '', partition_id, concat(toString(rows), ' ', hash_of_all_files) FROM system.parts WHERE active AND rows > 0 AND database IN (${names})
    UNION ALL SELECT 'detached', database, table, toString(uuid), '', '', '', '' FROM system.detached_tables WHERE database IN (${names})
    ${quiet ? '' : "UNION ALL SELECT 'unsettled', object.1, object.2, '', '', '', '', '' FROM (SELECT arrayJoin(unsettled) AS object)"}`);
  return Promise.all(
    databases.map((database) =>
      toCatalogue(
        admin,
        database,
        rows.filter((row) => row.database === database),
      ),
    ),
  );
}

async function toCatalogue(
  admin: Administrator,
  database: string,
  rows: readonly CatalogueRow[],
): Promise<Catalogue | undefined> {
  const of = (about: CatalogueRow['about']): CatalogueRow[] => rows.filter((row) => row.about === about);
  const [self] = of('database');
  if (self?.engine !== 'Atomic' || self.definition !== '') return undefined;
  const objects = of('object');
  const contents = new Map([...contentsByParts(of('part')), ...(await contentsWithoutParts(admin, database, objects))]);
  const viewById = new Map(objects.map(({ uuid, name }) => [uuid, name]));
  const unsettled = new Set(of('unsettled').map(({ name }) => name));
  const present = objects.map(({ name: physicalName, engine, definition }): StoredObject => {
    const owner = viewById.get(physicalName.replace(/^\.inner_id\./, ''));
    const name = owner === undefined ? physicalName : `${owner} (its rows)`;
    return {
      name,
      physicalName,
      kind: kindOf(engine),
      engine,
      definition: withoutDatabase(owner === undefined ? definition : definition.replace(physicalName, name), database),
      owner,
      content: contents.get(physicalName) ?? new Map<string, string>(),
      unsettled: unsettled.has(physicalName),
    };
  });
  const detached = of('detached').map(({ name }): StoredObject => ({
    name: `${name} (detached)`,
    physicalName: name,
    kind: 'detached table',
    engine: '',
    definition: 'detached',
    owner: undefined,
    content: new Map(),
    unsettled: true,
  }));
  return new Map([...present, ...detached].map((object) => [object.name, object]));
}

function contentsByParts(parts: readonly CatalogueRow[]): Map<string, Map<string, string>> {
  const result = new Map<string, Map<string, string>>();
  for (const { name: table, partition, fingerprint } of parts.toSorted((a, b) =>
    a.fingerprint < b.fingerprint ? -1 : 1,
  )) {
    const partitions = result.get(table) ?? new Map<string, string>();
    partitions.set(partition, [partitions.get(partition), fingerprint].filter((part) => part !== undefined).join(', '));
    result.set(table, partitions);
  }
  return result;
}

function kindOf(engine: string): Kind {
  return engine === 'View'
    ? 'view'
    : engine === 'MaterializedView'
      ? 'materialized view'
      : engine === 'Dictionary'
        ? 'dictionary'
        : 'table';
}

/** Replaces the name as a whole word only: `…_w1` is not part of `…_w10`. */
function withoutDatabase(definition: string, database: string): string {
  return definition
    .replace(new RegExp(`\\b${database}\\b`, 'g'), here)
    .replace(/ DEFINER = \S+ /, (clause) => clause.replace(ownUsers, definer));
}

export function hasParts(engine: string): boolean {
  return engine.endsWith('MergeTree');
}

/** Whether tables of this engine store rows that can be read, rather than forward or fetch them. */
export function storesRows(engine: string): boolean {
  return hasParts(engine) || ['Memory', 'Log', 'TinyLog', 'StripeLog', 'Join', 'EmbeddedRocksDB'].includes(engine);
}

/** Tables in memory and log tables have no parts, so their rows are read; they are usually few. */
async function contentsWithoutParts(
  admin: Administrator,
  database: string,
  objects: readonly CatalogueRow[],
): Promise<Map<string, Map<string, string>>> {
  const tables = objects.filter(({ engine }) => storesRows(engine) && !hasParts(engine));
  const contents = await readContents(
    admin,
    database,
    tables.map(({ name, engine }) => ({ name, physicalName: name, engine })),
  );
  return new Map(
    contents
      .filter(({ rows }) => rows > 0)
      .map(({ name, rows, hash }) => [name, new Map([['all', `${rows} ${hash}`]])]),
  );
}

/** A table's row count and the sum of its rows' hashes: equal for equal rows in any order. */
export interface TableContent {
  readonly name: string;
  readonly rows: number;
  readonly hash: string;
}

/** Reads every row of the given tables. */
export async function readContents(
  admin: Administrator,
  database: string,
  tables: readonly Pick<StoredObject, 'name' | 'physicalName' | 'engine'>[],
): Promise<TableContent[]> {
  if (tables.length === 0) return [];
  const selects = tables.map(
    (table) =>
      `SELECT ${literal(table.name)} AS name, toUInt32(count()) AS rows, toString(sum(${rowHash})) AS hash FROM ${rowsOf(database, table)}`,
  );
  return admin.rows<TableContent>(`${selects.join(' UNION ALL ')} SETTINGS asterisk_include_materialized_columns = 1`);
}

/** Hashes a row, whatever its columns' types. */
export const rowHash = "cityHash64(formatRowNoNewline('RowBinary', *))";

/** The rows as they are after merging (FINAL): when ClickHouse merges parts must make no difference. */
export function rowsOf(
  database: string,
  { physicalName, engine }: Pick<StoredObject, 'physicalName' | 'engine'>,
): string {
  const merges =
    /^(Shared|Replicated)?(Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Graphite|Coalescing)MergeTree$/.test(
      engine,
    );
  return `${quoted(database)}.${quoted(physicalName)}${merges ? ' FINAL' : ''}`;
}

/** All definitions of a catalogue, for comparison. */
export function definitionsOf(catalogue: Catalogue): Definition[] {
  return [...catalogue.values()].map(({ kind, name, definition }) => ({
    kind,
    name,
    definition: withoutPasswords(definition.replaceAll(`${here}.`, '').replace(definer, 'its creator')),
  }));
}

/** A password's hash stands for it, so that a change of it is seen. */
function withoutPasswords(definition: string): string {
  return definition.replace(
    /(?<=\bPASSWORD )'(?:[^'\\]|\\.)*'/gi,
    (password) => `'(hidden ${createHash('sha256').update(password).digest('hex').slice(0, 8)})'`,
  );
}

export function tablesOf(catalogue: Catalogue): StoredObject[] {
  return [...catalogue.values()].filter(({ engine }) => storesRows(engine));
}
