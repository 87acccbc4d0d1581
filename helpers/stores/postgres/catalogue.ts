import type pg from 'pg';
import type { Definition } from '../differences/index.ts';
import { type CatalogueReading, catalogueReading } from './catalogue-reading.ts';
import { literal } from './connection.ts';
import { type MarkedDefinitions, readMarked } from './definitions/index.ts';
import { resetSchema } from './reset/index.ts';

type Reader = pg.ClientBase | pg.Pool;

/** A sequence's last value, and whether that value was handed out. */
export interface SequencePosition {
  readonly name: string;
  readonly position: string;
}

const position = "last_value || CASE WHEN is_called THEN '' ELSE ' (not yet used)' END";

/** From PostgreSQL 18 in one statement, except for sequences that the role may not read that way. */
export async function readSequences(client: Reader, reading = catalogueReading): Promise<SequencePosition[]> {
  const { rows: versions } = await client.query<{ can: boolean }>(
    "SELECT current_setting('server_version_num')::int >= 180000 AS can",
  );
  const { rows } = await client.query<{ name: string; position: string | null }>(`
    SELECT c.oid::regclass::text AS name, ${versions[0]!.can ? `(SELECT ${position} FROM pg_get_sequence_data(c.oid))` : 'NULL'} AS position
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname <> '${resetSchema}' ORDER BY 1`);
  const positions = rows.filter((row): row is SequencePosition => row.position !== null);
  for (const batch of reading.batches(rows.filter((row) => row.position === null))) {
    const selects = batch.map(({ name }) => `SELECT ${literal(name)} AS name, ${position} AS position FROM ${name}`);
    positions.push(...(await client.query<SequencePosition>(selects.join(' UNION ALL '))).rows);
  }
  return positions;
}

/** A table that stores rows itself: a partition, not its parent. */
export interface TableContent {
  readonly name: string;
  readonly rows: number;
  /** Sum of the rows' hashes: equal for equal rows in any order. */
  readonly hash: string;
}

/**
 * Counts and hashes the rows of each table. Reads every row; a table whose file has no block has none. `t.*` is the
 * whole row even if a column is named `t`.
 */
export async function readContents(client: Reader, reading = catalogueReading): Promise<TableContent[]> {
  const tables = await reading.tables(client);
  const contents: TableContent[] = tables.filter(({ isEmpty }) => isEmpty).map(({ name }) => ({ name, ...noRows }));
  for (const batch of reading.batches(tables.filter(({ isEmpty }) => !isEmpty))) {
    const selects = batch.map(
      ({ name }) =>
        `SELECT ${literal(name)} AS name, count(*)::int AS rows,
          coalesce(sum(hashtextextended((t.*)::text, 0)), 0)::text AS hash FROM ONLY ${name} t`,
    );
    contents.push(...(await client.query<TableContent>(selects.join(' UNION ALL '))).rows);
  }
  return contents;
}

const noRows = { rows: 0, hash: '0' };

/** What a database holds besides definitions, as far as it can be compared without reading single rows. */
export interface Holdings {
  readonly sequences: readonly SequencePosition[];
  readonly contents: readonly TableContent[];
}

export async function readHoldings(client: Reader, reading: CatalogueReading): Promise<Holdings> {
  return { sequences: await readSequences(client, reading), contents: await readContents(client, reading) };
}

/** The state of a database, as far as it can be compared without reading single rows. */
export interface DatabaseState extends MarkedDefinitions, Holdings {
  readonly definitions: readonly Definition[];
}

export async function readState(client: Reader, reading = catalogueReading): Promise<DatabaseState> {
  return { ...(await readMarked(client, reading)), ...(await readHoldings(client, reading)) };
}
