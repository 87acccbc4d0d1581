import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** What an alternative fills a database with: a script, files for COPY, and positions of sequences. */
export interface Seed {
  readonly schema: string;
  /** All tables, in the order of their foreign keys. */
  readonly tables: readonly string[];
  readonly files: readonly { readonly table: string; readonly rows: Buffer }[];
  readonly sequences: string;
}

/** Reads the rows of a database that the fixtures have made, so that all techniques create the same one. */
export async function readSeed(pool: pg.Pool, schema: string): Promise<Seed> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid",
  );
  const tables = rows.map(({ name }) => name);
  const files = [];
  for (const table of tables) {
    const content = await readFrom(pool, table);
    if (content.length > 0) files.push({ table, rows: content });
  }
  const sequences = await pool.query<{ sql: string }>(`
    SELECT 'SELECT ' || string_agg(format('setval(%L, %s)', format('%I', sequencename), last_value), ', ') AS sql
    FROM pg_sequences WHERE last_value IS NOT NULL`);
  const script = readFileSync(
    fileURLToPath(new URL(`../../../stores/postgres/schemas/${schema}.sql`, import.meta.url)),
    'utf8',
  );
  return { schema: script, tables, files, sequences: sequences.rows[0]!.sql };
}

async function readFrom(pool: pg.Pool, table: string): Promise<Buffer> {
  const client = await pool.connect();
  try {
    return await buffer(client.query(copyTo(`COPY ${table} TO STDOUT`)));
  } finally {
    client.release();
  }
}

/** By COPY, which is the fastest way (PostgreSQL's manual, "Populating a Database"). */
export async function load(client: pg.Client, { files, sequences }: Seed): Promise<void> {
  for (const { table, rows } of files)
    await pipeline(Readable.from([rows]), client.query(copyFrom(`COPY ${table} FROM STDIN`)));
  await client.query(sequences);
}
