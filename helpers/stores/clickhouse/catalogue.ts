import { createHash } from 'node:crypto';
import type { Definition } from '../differences/index.ts';
import { type Administrator, literal, forSmallTables } from './connection.ts';
import { contentsByParts, contentsWithoutParts, type Part, type StoredTable, storesRows } from './contents.ts';
import { builderOf, ownerOf, ownUsers } from './names.ts';

export type Kind = 'table' | 'view' | 'materialized view' | 'dictionary' | 'detached table';

/** Its name is stable across databases: a table inside a materialized view is named after it, not after a random id. */
export interface StoredObject extends StoredTable {
  readonly kind: Kind;
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
interface CatalogueRow extends Part {
  readonly about: 'database' | 'object' | 'detached' | 'part' | 'unsettled';
  readonly database: string;
  readonly uuid: string;
  readonly engine: string;
  readonly definition: string;
}

/**
 * Reads the catalogues of databases; undefined for a database that does not exist, or was not created by this helper.
 * Reads no rows, except of tables without parts. It is one statement of plain SELECTs, because joins or separate
 * statements take twice as long. With `quiet` unsettled objects are not searched for: no query runs there, or what is
 * under way makes no difference to the caller.
 */
export async function readCatalogues(
  admin: Administrator,
  databases: readonly string[],
  { quiet = false }: { readonly quiet?: boolean } = {},
): Promise<(Catalogue | undefined)[]> {
  const names = databases.map(literal).join(', ');
  const unsettled = quiet ? [] : await readUnsettled(admin, names);
  const rows = await admin.rows<CatalogueRow>(
    `SELECT 'database' AS about, d.name AS database, '' AS name, '' AS uuid, d.engine AS engine,
      d.comment AS definition, '' AS partition, '' AS fingerprint FROM system.databases AS d WHERE d.name IN (${names})
    UNION ALL SELECT 'object', database, name, toString(uuid), engine, create_table_query, '', '' FROM system.tables WHERE NOT is_temporary AND database IN (${names})
    UNION ALL SELECT 'part', database, table, '', '', '', partition_id, concat(toString(rows), ' ', hash_of_all_files) FROM system.parts WHERE active AND rows > 0 AND database IN (${names})
    UNION ALL SELECT 'detached', database, table, toString(uuid), '', '', '', ''
      FROM system.detached_tables WHERE database IN (${names})`,
    forSmallTables,
  );
  rows.push(...unsettled);
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

/**
 * Read before the parts: those of a mutation that is under way now may or may not include its changes, so that the
 * object counts as unsettled.
 */
function readUnsettled(admin: Administrator, names: string): Promise<CatalogueRow[]> {
  return admin.rows<CatalogueRow>(
    `SELECT 'unsettled' AS about, database, table AS name
      FROM system.mutations WHERE NOT is_done AND database IN (${names})
    UNION ALL SELECT 'unsettled', database, table FROM system.detached_parts WHERE database IN (${names})
    UNION ALL SELECT 'unsettled', database, name
      FROM system.dictionaries WHERE status != 'NOT_LOADED' AND database IN (${names})`,
    forSmallTables,
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
