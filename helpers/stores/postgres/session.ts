import pg from 'pg';
import { waitFor } from '../../lib/wait.ts';
import { type Cleaning, cleaning as asUsual, LastingConnection } from './lasting-connection.ts';

// For up to 20 tables: a row by its key where that is a number, like most first queries, otherwise any row.
const firstQueriesSql = `
  SELECT concat_ws('; ', 'SELECT 1', string_agg(concat('EXPLAIN SELECT * FROM ', t.oid::regclass, ' WHERE ' || quote_ident(a.attname) || ' = 1'), '; ')) AS sql
  FROM (
    SELECT c.oid, (SELECT indkey[0] FROM pg_index WHERE indrelid = c.oid AND indisprimary) AS key
    FROM pg_class c
    WHERE relkind = 'r' AND NOT relispartition AND c.oid >= 16384 AND pg_table_is_visible(c.oid) AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY c.oid LIMIT 20) t
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = t.key AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)`;

/** How a session's pool is made, where that is not as `pg` does. */
export interface Making {
  readonly Pool?: new (options: pg.PoolConfig) => pg.Pool;
  /** A connection that an earlier session has left. */
  readonly spare?: LastingConnection | undefined;
  readonly cleaning?: Cleaning;
}

type RunStatement = (client: pg.Client, sql: string) => Promise<unknown>;
const runDirectly: RunStatement = (client, sql) => client.query(sql);

/** A test's connections to its database: a pool that is warm at the beginning and closed at the end. */
export class Session {
  readonly pool: pg.Pool;
  readonly #connections = new Set<LastingConnection>();
  readonly #clients = new Set<pg.PoolClient>();
  #closing: Promise<void> | undefined;

  private constructor(options: pg.PoolConfig, { Pool = pg.Pool, spare, cleaning = asUsual }: Making) {
    let next = spare?.isOpen === true ? spare : undefined;
    const Original = (options.Client ?? pg.Client) as typeof pg.Client;
    const lend = (config?: pg.ClientConfig): pg.Client => {
      const connection = next ?? new LastingConnection(new Original(config), cleaning);
      next = undefined;
      this.#connections.add(connection);
      return connection.lend();
    };
    // As a constructor that returns another object.
    const Client = function (config?: pg.ClientConfig) {
      return lend(config);
    } as unknown as new (config?: pg.ClientConfig) => pg.ClientBase;
    this.pool = new Pool({ idleTimeoutMillis: 0, connectionTimeoutMillis: 10_000, ...options, Client });
    this.pool.on('connect', (client) => this.#clients.add(client));
    this.pool.on('remove', (client) => this.#clients.delete(client));
    this.pool.on('error', () => undefined);
  }

  /** Opens a pool with one open connection. */
  static async open(options: pg.PoolConfig, how: Making = {}): Promise<Session> {
    const session = new Session(options, how);
    try {
      await session.connect();
      for (const connection of session.#connections) connection.begin();
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  async connect(): Promise<void> {
    (await this.pool.connect()).release();
  }

  /**
   * Plans typical first queries, without running them, on the open connection: the first use of a table would otherwise
   * cost a test a millisecond. Returns the statements, which fit every clone of the template and can be passed to the
   * next call.
   */
  async preload(statements?: string): Promise<string> {
    const wanted = statements ?? (await this.pool.query<{ sql: string }>(firstQueriesSql)).rows[0]!.sql;
    await this.pool.query(wanted);
    return wanted;
  }

  /** The number of clients that were taken from the pool and not released. */
  get clientsInUse(): number {
    return this.pool.totalCount - this.pool.idleCount;
  }

  /** Waits until the pool has noticed that the server ended its idle connections, so that it hands out none of them. */
  async forgetEndedConnections(): Promise<void> {
    if (!(await waitFor(() => this.pool.idleCount === 0, 5_000, 0.5)))
      throw new Error('The pool still holds connections that the server has ended.');
  }

  /**
   * Closes every connection but one, which is returned where nothing of the test is left on it.
   * @param run a statement, on a client of these connections, where that is not by its `query`.
   */
  async retire(run: RunStatement = runDirectly): Promise<LastingConnection | undefined> {
    const isIdle = this.#closing === undefined && this.clientsInUse === 0 && this.pool.waitingCount === 0;
    const spare = isIdle ? [...this.#connections].find(({ isUnchanged }) => isUnchanged) : undefined;
    spare?.keep();
    await this.close();
    return (await spare?.reclaim(run)) === true ? spare : undefined;
  }

  /** Closes every connection, including those that the test has not released. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.pool.ended) return; // by the test itself
    const leaked = this.clientsInUse > 0;
    const ended = this.pool.end();
    if (!leaked) return ended;
    ended.catch(() => undefined); // where the test has begun to end it
    // The pool would wait for unreleased clients for ever.
    for (const client of this.#clients)
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
