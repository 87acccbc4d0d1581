import pg from 'pg';
import { Session } from './session.ts';

/**
 * A session whose pool has one connection, inside a transaction that nobody ends but us. Statements of the test that
 * would end it work on savepoints instead, and a statement that fails spoils no more than it would have: so a test
 * does not notice, as long as it is content with one connection. What other processes do is outside.
 */
export async function openTransaction(options: pg.PoolConfig): Promise<Session> {
  const session = await Session.open({ ...options, max: 1, connectionTimeoutMillis: 5_000, Client: TransactionalClient });
  await session.pool.query(begin);
  return session;
}

/** Ends the transaction, given back by the test or not, and closes the session. */
export async function closeTransaction(session: Session, end: (client: pg.ClientBase) => Promise<void>): Promise<void> {
  if (session.clientsInUse === 0) {
    const client = await session.pool.connect();
    try {
      await end({ query: (text: string) => (client as unknown as TransactionalClient).direct(text) } as unknown as pg.ClientBase);
    } finally {
      client.release(true);
    }
  }
  await session.close();
}

/** Reads inside the transaction under settings that end with the reading, as does what goes wrong in it. */
export async function readInTransaction<T>(session: Session, settings: string, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = (await session.pool.connect()) as unknown as TransactionalClient & pg.PoolClient;
  try {
    await client.direct(`SAVEPOINT ${reading}; ${settings}`);
    try {
      return await work(client);
    } finally {
      await client.direct(`ROLLBACK TO SAVEPOINT ${reading}; RELEASE SAVEPOINT ${reading}`);
    }
  } finally {
    client.release();
  }
}

const begin = '/* proving-ground */ BEGIN';
const savepoint = 'proving_ground';
const reading = 'proving_ground_reading';

type Query = (...parameters: unknown[]) => Promise<unknown>;

/** Puts savepoints where the test's statements would begin and end a transaction. */
class TransactionalClient extends pg.Client {
  #open = false;
  #nested = false;
  #queue: Promise<unknown> = Promise.resolve();

  /** A statement as it is. */
  direct(...parameters: unknown[]): Promise<unknown> {
    return (super.query as unknown as Query).apply(this, parameters);
  }

  override query(...parameters: unknown[]): never {
    // A cursor or a COPY stream is its own result, and cannot wait for a savepoint.
    if (typeof (parameters[0] as { submit?: unknown } | undefined)?.submit === 'function') return this.direct(...parameters) as never;
    const callback = typeof parameters.at(-1) === 'function' ? (parameters.pop() as (error: unknown, result?: unknown) => void) : undefined;
    const result = this.#queue.then(() => this.#translated(textOf(parameters[0]), parameters));
    this.#queue = result.catch(() => undefined);
    if (callback === undefined) return result as never;
    result.then((value) => callback(null, value), callback);
    return undefined as never;
  }

  async #translated(text: string, parameters: unknown[]): Promise<unknown> {
    if (text === begin) {
      this.#open = true;
      return this.direct('BEGIN');
    }
    if (!this.#open) return this.direct(...parameters);
    const word = /^\s*(\w+)(\s+TO\b|\s+PREPARED\b)?/i.exec(text);
    switch (word?.[2] === undefined ? word?.[1]?.toUpperCase() : undefined) {
      case 'BEGIN':
      case 'START':
        this.#nested = true;
        return this.direct(`SAVEPOINT ${savepoint}`);
      case 'COMMIT':
      case 'END':
        return this.#leave(`RELEASE SAVEPOINT ${savepoint}`);
      case 'ROLLBACK':
      case 'ABORT':
        return this.#leave(`ROLLBACK TO SAVEPOINT ${savepoint}; RELEASE SAVEPOINT ${savepoint}`);
      default:
        return this.#nested ? this.direct(...parameters) : this.#alone(parameters);
    }
  }

  async #leave(statement: string): Promise<unknown> {
    if (!this.#nested) return this.direct('SELECT WHERE false'); // PostgreSQL warns and does nothing
    this.#nested = false;
    try {
      return await this.direct(statement);
    } catch {
      return this.direct(`ROLLBACK TO SAVEPOINT ${savepoint}; RELEASE SAVEPOINT ${savepoint}`); // COMMIT after an error rolls back
    }
  }

  /** Outside a transaction each statement is one of its own: its failure undoes it alone. */
  async #alone(parameters: unknown[]): Promise<unknown> {
    await this.direct(`SAVEPOINT ${savepoint}`);
    try {
      const result = await this.direct(...parameters);
      await this.direct(`RELEASE SAVEPOINT ${savepoint}`);
      return result;
    } catch (error) {
      await this.direct(`ROLLBACK TO SAVEPOINT ${savepoint}; RELEASE SAVEPOINT ${savepoint}`);
      throw error;
    }
  }
}

function textOf(query: unknown): string {
  return typeof query === 'string' ? query : ((query as { text?: string } | undefined)?.text ?? '');
}
