import type pg from 'pg';
import { connect, connectionOptions, onServer, type ServerConnection } from './connection.ts';
import type { Session } from './session.ts';
import { readInTransaction } from './transaction/index.ts';

/**
 * These settings decide how values and names are printed and which rows are visible. They are fixed for every reading,
 * whatever the test has set for its session, role or database: otherwise every row could seem changed, or none.
 */
const settings = {
  search_path: 'public, pg_temp', // last, so that no temporary table hides a real one
  row_security: 'off', // an error instead of hidden rows
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmlbinary: 'base64',
  lc_monetary: 'C',
  quote_all_identifiers: 'off',
};

/** How long a reading waits for a lock, and for the answer to a statement. */
export interface Timeouts {
  readonly lock: string;
  readonly statement: string;
}

/** Long enough for other sessions to finish, short enough for evidence within a teardown's timeout. */
const patience: Timeouts = { lock: '5s', statement: '30s' };

/**
 * Opens a connection to read a database; the caller ends it. It is the administrator's: on the run's own server a
 * superuser, who bypasses row policies and the database's connection limit; elsewhere the test role itself.
 */
export async function openReader(server: ServerConnection, database: string, how = patience): Promise<pg.Client> {
  const client = await onServer(server, () =>
    connect({ ...connectionOptions(server, server.admin, database), connectionTimeoutMillis: 10_000 }),
  );
  try {
    await client.query(assignments(how, false));
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Runs `work` on a reading connection of its own. */
export async function withReader<T>(
  server: ServerConnection,
  database: string,
  work: (client: pg.ClientBase) => Promise<T>,
  how?: Timeouts,
): Promise<T> {
  const client = await openReader(server, database, how);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Reads through the test's own session, which alone sees the uncommitted state, and keeps its settings. */
export function readInSession<T>(
  session: Session,
  work: (client: pg.ClientBase) => Promise<T>,
  how = patience,
): Promise<T> {
  return readInTransaction(session, assignments(how, true), work);
}

function assignments({ lock, statement }: Timeouts, local: boolean): string {
  const all = Object.entries({ ...settings, lock_timeout: lock, statement_timeout: statement });
  return `SELECT ${all.map(([name, value]) => `set_config('${name}', '${value}', ${local})`).join(', ')}`;
}
