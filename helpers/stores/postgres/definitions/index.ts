import type pg from 'pg';
import type { Definition } from '../../differences/index.ts';
import type { CatalogueReading } from '../catalogue-reading.ts';
import { resetSchema } from '../reset/index.ts';
import { codeKinds } from './code.ts';
import { databaseKinds } from './database-wide.ts';
import type { Kind } from './kind.ts';
import { tableKinds } from './tables.ts';

const kinds: readonly Kind[] = [...databaseKinds, ...tableKinds, ...codeKinds];

// What all kinds refer to: the database, its schemas, what extensions have made, and everything like a table.
const common = `
  this AS MATERIALIZED (SELECT oid, datdba AS owner FROM pg_database WHERE datname = current_database()),
  spaces AS (
    SELECT * FROM pg_namespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', '${resetSchema}')
      AND nspname NOT LIKE 'pg\\_%temp\\_%'),
  members AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
  relations AS (
    SELECT c.* FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid))`;

function definitionsSql(version: number, some: readonly Kind[]): string {
  const selects = some
    .filter(({ since = 0 }) => version >= since)
    .map(
      ({ kind, kindOf = `'${kind}'`, name, parts, from }) =>
        `SELECT ${kindOf} AS kind, ${name} AS name, concat_ws('; ', ${parts.join(', ')}) AS definition FROM ${from}`,
    );
  return `WITH ${common} ${selects.join('\nUNION ALL ')} ORDER BY 1, 2, 3`;
}

/** All definitions in a database, including large objects and excluding the positions of sequences. */
export async function readDefinitions(client: pg.ClientBase | pg.Pool, some = kinds): Promise<Definition[]> {
  const { rows: versions } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  const { rows } = await client.query<Definition>(definitionsSql(versions[0]!.version, some));
  return rows;
}

/** Definitions with the mark of the catalogue that says them. */
export interface MarkedDefinitions {
  readonly mark: string;
  readonly definitions: readonly Definition[];
}

const elsewhere = kinds.filter(({ isElsewhere = false }) => isElsewhere);
const elsewhereNames = new Set(elsewhere.map(({ kind }) => kind));

/** What a catalogue's mark leaves out; cheap to read. */
export function readUnmarked(client: pg.ClientBase | pg.Pool): Promise<Definition[]> {
  return readDefinitions(client, elsewhere);
}

/**
 * All definitions. Those of another copy of the same database are taken where the catalogues of both are the same,
 * since some thousand tables have tens of thousands of definitions.
 */
export async function readMarked(
  client: pg.ClientBase | pg.Pool,
  reading: CatalogueReading,
  known?: MarkedDefinitions,
): Promise<MarkedDefinitions> {
  const mark = await reading.mark(client);
  if (known?.mark !== mark) return { mark, definitions: await readDefinitions(client) };
  const marked = known.definitions.filter(({ kind }) => !elsewhereNames.has(kind));
  return { mark, definitions: [...marked, ...(await readUnmarked(client))] };
}
