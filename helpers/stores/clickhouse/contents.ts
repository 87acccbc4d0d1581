import { type Administrator, literal, quoted } from './connection.ts';

/** A table as it is found in a database. */
export interface StoredTable {
  readonly name: string;
  /** The name in SQL. */
  readonly physicalName: string;
  readonly engine: string;
}

/** Of each table that has rows, a fingerprint for each partition: equal for equal rows. */
export type Contents = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A part of a table, with what its content is told by. */
export interface Part {
  readonly name: string;
  readonly partition: string;
  readonly fingerprint: string;
}

/**
 * Fingerprints from ClickHouse's own metadata of a database's parts, without reading rows. Parts that were copied have
 * the same as their originals, whatever their names.
 */
export function contentsByParts(parts: readonly Part[]): Contents {
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

/** A row of {@link selectParts}. */
export interface PartRow {
  readonly database: string;
  readonly name: string;
  readonly partition: string;
  /** In text where the server writes large numbers so. */
  readonly rows: number | string;
  readonly hash: string;
}

/** Selects the parts of databases. Computes nothing, because that costs more than to send a few rows. */
export function selectParts(databases: readonly string[], ...more: readonly string[]): string {
  const columns = [
    'database',
    'table AS name',
    'partition_id AS partition',
    'rows',
    'hash_of_all_files AS hash',
    ...more,
  ];
  return `SELECT ${columns.join(', ')}
    FROM system.parts WHERE active AND database IN (${databases.map(literal).join(', ')})`;
}

/** The contents of a database, as far as they are in parts, from rows of {@link selectParts}. */
export function contentsOfRows(database: string, rows: readonly PartRow[]): Contents {
  return contentsByParts(
    rows
      .filter((row) => row.database === database && Number(row.rows) > 0)
      .map((row) => ({ ...row, fingerprint: `${row.rows} ${row.hash}` })),
  );
}

/** Tables in memory and log tables have no parts, so their rows are read; they are usually few. */
export async function contentsWithoutParts(
  admin: Administrator,
  database: string,
  objects: readonly Omit<StoredTable, 'physicalName'>[],
): Promise<Contents> {
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

export function hasParts(engine: string): boolean {
  return engine.endsWith('MergeTree');
}

/** Whether tables of this engine store rows that can be read, rather than forward or fetch them. */
export function storesRows(engine: string): boolean {
  return hasParts(engine) || ['Memory', 'Log', 'TinyLog', 'StripeLog', 'Join', 'EmbeddedRocksDB'].includes(engine);
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
  tables: readonly StoredTable[],
): Promise<TableContent[]> {
  if (tables.length === 0) return [];
  const selects = tables.map(
    (table) =>
      `SELECT ${literal(table.name)} AS name, toUInt32(count()) AS rows, toString(sum(${rowHash})) AS hash
        FROM ${rowsOf(database, table)}`,
  );
  return admin.rows<TableContent>(`${selects.join(' UNION ALL ')} SETTINGS asterisk_include_materialized_columns = 1`);
}

/** Hashes a row, whatever its columns' types. */
export const rowHash = "cityHash64(formatRowNoNewline('RowBinary', *))";

/** The rows as they are after merging (FINAL): when ClickHouse merges parts must make no difference. */
export function rowsOf(database: string, { physicalName, engine }: Omit<StoredTable, 'name'>): string {
  const merges =
    /^(Shared|Replicated)?(Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Graphite|Coalescing)MergeTree$/.test(
      engine,
    );
  return `${quoted(database)}.${quoted(physicalName)}${merges ? ' FINAL' : ''}`;
}
