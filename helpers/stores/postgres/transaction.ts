import pg from 'pg';
import { Session } from './session.ts';
import { splitStatements } from './sql.ts';

/**
 * A session whose pool has one connection, inside a transaction that only {@link closeTransaction} ends. The test's own
 * BEGIN, COMMIT and ROLLBACK become savepoints, and a failing statement undoes no more than it would outside, so a test
 * that needs only one connection sees no difference. Other processes' writes are not covered.
 */
export async function openTransaction(options: pg.PoolConfig): Promise<Session> {
  const session = await Session.open({
    ...options,
    max: 1,
    connectionTimeoutMillis: 5_000,
    Client: TransactionalClient,
  });
  await session.pool.query(begin);
  return session;
}

/** Ends the transaction, whether or not the test has released its client, and closes the session. */
export async function closeTransaction(session: Session, end: (client: pg.ClientBase) => Promise<void>): Promise<void> {
  if (session.clientsInUse === 0) {
    const client = await session.pool.connect();
    try {
      await end({
        query: (text: string) => (client as unknown as TransactionalClient).direct(text),
      } as unknown as pg.ClientBase);
    } finally {
      client.release();
    }
  }
  await session.close();
}

/** Reads inside the transaction; the reading's settings and failures are undone by a savepoint. */
export async function readInTransaction<T>(
  session: Session,
  settings: string,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
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
    await client.direct(`SAVEPOINT ${acting}`);
    try {
      const result = await work(directly(client));
      await client.direct(`${leave(before)}; RELEASE SAVEPOINT ${acting}`);
      return result;
    } catch (error) {
      await client.direct(`ROLLBACK TO SAVEPOINT ${acting}; RELEASE SAVEPOINT ${acting}`);
      throw error;
    }
  } finally {
    client.release();
  }
}

/** The client itself, for a transaction that is one already. */
function directly(client: TransactionalClient): pg.ClientBase {
  const query = (...parameters: unknown[]): unknown => {
    if (splitStatements(textOf(parameters[0])).some(({ text }) => controlOf(text) !== undefined))
      throw new Error('This is a transaction already: return to commit it, or throw to undo it.');
    return client.direct(...parameters);
  };
  return { query } as unknown as pg.ClientBase;
}

const begin = '/* proving-ground */ BEGIN';
const savepoint = 'proving_ground';
const reading = 'proving_ground_reading';
const acting = 'proving_ground_acting';

type Query = (...parameters: unknown[]) => Promise<unknown>;

/** Replaces the beginning and end of a transaction by savepoints. */
class TransactionalClient extends pg.Client {
  #open = false;
  #nested = false;
  #queue: Promise<unknown> = Promise.resolve();
  #release: () => void = () => undefined;

  /** The pool would close a connection on which a statement has failed, and with it the transaction. */
  set release(release: () => void) {
    this.#release = () => release();
  }

  get release(): () => void {
    return this.#release;
  }

  /** Runs a statement unchanged. */
  direct(...parameters: unknown[]): Promise<unknown> {
    return (super.query as unknown as Query).apply(this, parameters);
  }

  override query(...parameters: unknown[]): never {
    // A cursor or a COPY stream is its own result, and cannot wait for a savepoint.
    if (typeof (parameters[0] as { submit?: unknown } | undefined)?.submit === 'function')
      return this.direct(...parameters) as never;
    const callback =
      typeof parameters.at(-1) === 'function'
        ? (parameters.pop() as (error: unknown, result?: unknown) => void)
        : undefined;
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
    if (!this.#open)
      throw new Error("The session that this test's transaction was in has ended, and what was in it is gone.");
    const statements = splitStatements(text).map((statement) => statement.text);
    if (statements.some((statement) => /^PREPARE\s+TRANSACTION\b/i.test(statement)))
      throw new Error(
        "PREPARE TRANSACTION would end the transaction that the test is in: use isolation 'database' or 'reset'.",
      );
    // Prepared statements hold a single command.
    const asItIs = !statements.some(controlOf) || (statements.length > 1 && isPrepared(parameters));
    return this.#run(
      asItIs
        ? [{ parameters }]
        : statements.map((statement) => ({
            control: controlOf(statement),
            parameters: withText(parameters, statement),
          })),
    );
  }

  /**
   * A statement outside the test's own transactions gets its own savepoint, so its failure undoes it alone. As in
   * PostgreSQL, a BEGIN also covers the statements before it in the same string.
   */
  async #run(
    statements: readonly { readonly control?: Control | undefined; readonly parameters: unknown[] }[],
  ): Promise<unknown> {
    const results: unknown[] = [];
    let explicit = this.#nested;
    try {
      for (const { control, parameters } of statements) {
        if (control !== undefined) {
          explicit = control !== 'COMMIT' && control !== 'ROLLBACK';
          results.push(await this.#obey(control));
        } else {
          if (!this.#nested) await this.#enter();
          results.push(await this.direct(...parameters));
        }
      }
    } catch (error) {
      if (!explicit && this.#nested) await this.#leave('ROLLBACK');
      throw error;
    }
    if (!explicit && this.#nested) await this.#leave('COMMIT');
    return results.length === 1 ? results[0] : results;
  }

  async #obey(control: Control): Promise<unknown> {
    const nothing = 'SELECT WHERE false'; // PostgreSQL warns and does nothing
    if (control === 'BEGIN') return this.#nested ? this.direct(nothing) : this.#enter();
    const result = await (this.#nested
      ? this.#leave(control.startsWith('COMMIT') ? 'COMMIT' : 'ROLLBACK')
      : this.direct(nothing));
    if (control.endsWith('CHAIN')) await this.#enter();
    return result;
  }

  async #enter(): Promise<unknown> {
    const result = await this.direct(`SAVEPOINT ${savepoint}`);
    this.#nested = true;
    return result;
  }

  async #leave(how: 'COMMIT' | 'ROLLBACK'): Promise<unknown> {
    this.#nested = false;
    try {
      if (how === 'COMMIT') return await this.direct(`RELEASE SAVEPOINT ${savepoint}`);
    } catch {
      // As in PostgreSQL, COMMIT after an error rolls back.
    }
    return ((await this.direct(`ROLLBACK TO SAVEPOINT ${savepoint}; RELEASE SAVEPOINT ${savepoint}`)) as unknown[])[1];
  }
}

type Control = 'BEGIN' | 'COMMIT' | 'ROLLBACK' | 'COMMIT AND CHAIN' | 'ROLLBACK AND CHAIN';

/** How a statement changes the test's view of its transaction. */
function controlOf(statement: string): Control | undefined {
  if (/^(BEGIN|START\s+TRANSACTION)\b/i.test(statement)) return 'BEGIN';
  const [, commit, rollback] =
    /^(?:(COMMIT|END)|(ROLLBACK|ABORT))\b(?!\s+((WORK|TRANSACTION)\s+)?(TO|PREPARED)\b)/i.exec(statement) ?? [];
  const ends = commit !== undefined ? 'COMMIT' : rollback !== undefined ? 'ROLLBACK' : undefined;
  return ends !== undefined && /\sAND\s+CHAIN\b/i.test(statement) ? `${ends} AND CHAIN` : ends;
}

/** Whether `pg` will prepare the statement on the server. */
function isPrepared([query, values]: unknown[]): boolean {
  const { name, values: own } = query as pg.QueryConfig;
  return name !== undefined || (((values ?? own) as unknown[] | undefined) ?? []).length > 0;
}

function withText([query, ...rest]: unknown[], text: string): unknown[] {
  return [typeof query === 'string' ? text : { ...(query as pg.QueryConfig), text }, ...rest];
}

function textOf(query: unknown): string {
  return typeof query === 'string' ? query : ((query as { text?: string } | undefined)?.text ?? '');
}
