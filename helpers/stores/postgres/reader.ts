import type pg from 'pg';
import { connect, connectionOptions, onServer, type ServerConnection } from './connection.ts';
import type { Session } from './session.ts';
import { readInTransaction } from './transaction.ts';

/**
 * What decides how values and names are written, and which rows are seen. The same in every reading, whatever the test
 * has set for its session, its role or its database: else every row may seem changed, or none.
 */
const settings = {
  search_path: 'public, pg_temp', // named last, so that no temporary table hides a real one
  row_security: 'off', // an error instead of rows that go unseen
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmlbinary: 'base64',
  lc_monetary: 'C',
  quote_all_identifiers: 'off',
};

/** How long a reading waits for a lock that somebody holds, and for a single answer. */
export interface Timeouts {
  readonly lock: string;
  readonly statement: string;
}

/** Somebody may be at work, but a failed test's evidence has to be read before its teardown's time is up. */
const patience: Timeouts = { lock: '5s', statement: '30s' };

/**
 * A connection to read a database with, the caller's to end. The administrator's: on a server of our own a superuser,
 * whom no policy and no limit of the database keeps out; elsewhere the tests' own role.
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

/** Reads a database on a connection of its own. */
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

/**
 * Reads what only this session sees, because everything is in its transaction. What the test has set stays as it is.
 */
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
