import pg from 'pg';
import { type Making, Session } from '../session.ts';
import { splitStatements } from '../sql.ts';
import { textOf } from './calls.ts';
import { begin, TransactionalClient } from './client.ts';
import type { TransactionRules } from './rules.ts';
import { SingleConnection } from './single-connection.ts';
import { controlOf } from './statements.ts';

export { type TransactionRules, transactionRules } from './rules.ts';

const acting = 'proving_ground_acting';

/**
 * A session whose pool has one connection, inside a transaction that only {@link closeTransaction} ends. The test's own
 * BEGIN, COMMIT and ROLLBACK become savepoints, and a failing statement undoes no more than it would outside, so a test
 * that needs only one connection sees no difference. Other processes' writes are not covered.
 */
export async function openTransaction(
  options: pg.PoolConfig,
  rules: TransactionRules,
  how: Making = {},
): Promise<Session> {
  const Client = class extends TransactionalClient {
    constructor(config?: pg.ClientConfig) {
      super(config, rules);
    }
  };
  const session = await Session.open(
    { ...options, connectionTimeoutMillis: 5_000, Client },
    { ...how, Pool: SingleConnection },
  );
  await session.pool.query(begin);
  return session;
}

/** Ends the transaction. Where the test holds its client or has ended its pool, the end of the session does. */
export async function closeTransaction(session: Session, end: (client: pg.ClientBase) => Promise<void>): Promise<void> {
  if (session.clientsInUse === 0 && !session.pool.ended) {
    const client = await session.pool.connect();
    try {
      await end({
        query: (text: string) => (client as unknown as TransactionalClient).direct(text),
      } as unknown as pg.ClientBase);
    } finally {
      client.release();
    }
  }
}

/** Runs a statement on a client of such a session, outside of any transaction. */
export function runOutside(client: pg.Client, sql: string): Promise<unknown> {
  return (client as unknown as TransactionalClient).direct(sql);
}

/** Reads inside the transaction; the reading's settings and failures are undone by a savepoint. */
export async function readInTransaction<T>(
  session: Session,
  settings: string,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  const client = (await session.pool.connect()) as unknown as TransactionalClient & pg.PoolClient;
  try {
    return await client.undone(settings, () => work(client));
  } finally {
    client.release();
  }
}

/**
 * Runs `work` within the transaction, as in one of its own: a savepoint undoes it when it fails. The settings `names`
 * end with it, by what `leave` says, because SET LOCAL ends with the transaction, which goes on.
 */
export async function actInTransaction<T>(
  session: Session,
  names: readonly string[],
  leave: (before: Readonly<Record<string, string>>) => string,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  const client = (await session.pool.connect()) as unknown as TransactionalClient & pg.PoolClient;
  try {
    const settings = names.map((name) => `coalesce(current_setting(${pg.escapeLiteral(name)}, true), '')`);
    const { rows } = (await client.direct(`SELECT ARRAY[${settings.join(', ')}]::text[] AS values`)) as pg.QueryResult<{
      values: string[];
    }>;
    const before = Object.fromEntries(names.map((name, index) => [name, rows[0]!.values[index]!]));
    // Within a transaction that the test has left open, it is a part of that.
    const own = !client.isNested;
    const run = (sql: string): Promise<unknown> => (client as pg.ClientBase).query(sql);
    await run(own ? 'BEGIN' : `SAVEPOINT ${acting}`);
    try {
      const result = await work(withoutEnd(client));
      await client.direct(leave(before));
      await run(own ? 'COMMIT' : `RELEASE SAVEPOINT ${acting}`);
      return result;
    } catch (error) {
      await run(own ? 'ROLLBACK' : `ROLLBACK TO SAVEPOINT ${acting}; RELEASE SAVEPOINT ${acting}`);
      throw error;
    }
  } finally {
    client.release();
  }
}

/** The client itself, for a transaction that another ends. */
function withoutEnd(client: TransactionalClient): pg.ClientBase {
  const query = (...parameters: unknown[]): unknown => {
    if (splitStatements(textOf(parameters[0])).some(({ text }) => controlOf(text) !== undefined))
      throw new Error('This is a transaction already: return to commit it, or throw to undo it.');
    return client.query(...parameters);
  };
  return { query } as unknown as pg.ClientBase;
}
