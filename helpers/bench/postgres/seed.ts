import { readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** What a user has at hand to fill a database: a script, files for COPY, and where the sequences go on. */
export interface Seed {
  readonly schema: string;
  /** All tables, in the order of their foreign keys. */
  readonly tables: readonly string[];
  readonly copies: readonly { readonly table: string; readonly rows: Buffer }[];
  readonly sequences: string;
}

/** Reads the rows of a database that ours has made, so that all techniques make the same one. */
export async function readSeed(client: pg.ClientBase, schema: string): Promise<Seed> {
  const { rows } = await client.query<{ name: string }>("SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid");
  const tables = rows.map(({ name }) => name);
  const copies = [];
  for (const table of tables) {
    const content = await buffer(client.query(copyTo(`COPY ${table} TO STDOUT`)));
    if (content.length > 0) copies.push({ table, rows: content });
  }
  const { rows: [sequences] } = await client.query<{ sql: string }>(`
    SELECT 'SELECT ' || string_agg(format('setval(%L, %s)', format('%I', sequencename), last_value), ', ') AS sql
    FROM pg_sequences WHERE last_value IS NOT NULL`);
  return { schema: schemaScript(schema), tables, copies, sequences: sequences!.sql };
}

function schemaScript(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../postgres/schemas/${name}.sql`, import.meta.url)), 'utf8');
}

/** By COPY, which is the fastest way in (PostgreSQL's manual, chapter 14.4, "Populating a Database"). */
export async function load(client: pg.Client, { copies, sequences }: Seed): Promise<void> {
  for (const { table, rows } of copies) await pipeline(Readable.from([rows]), client.query(copyFrom(`COPY ${table} FROM STDIN`)));
  await client.query(sequences);
}
