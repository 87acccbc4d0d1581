import pg from 'pg';
import { waitFor } from '../../lib/wait.ts';

// For up to 20 tables: a row by its key where that is a number, like most first queries, otherwise any row.
const firstQueriesSql = `
  SELECT concat_ws('; ', 'SELECT 1', string_agg(concat('EXPLAIN SELECT * FROM ', t.oid::regclass, ' WHERE ' || quote_ident(a.attname) || ' = 1'), '; ')) AS sql
  FROM (
    SELECT c.oid, (SELECT indkey[0] FROM pg_index WHERE indrelid = c.oid AND indisprimary) AS key
    FROM pg_class c
    WHERE relkind = 'r' AND NOT relispartition AND c.oid >= 16384 AND pg_table_is_visible(c.oid) AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY c.oid LIMIT 20) t
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = t.key AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)`;

/** A test's connections to its database: a pool that is warm at the beginning and closed at the end. */
export class Session {
  readonly pool: pg.Pool;
  readonly #clients = new Set<pg.PoolClient>();
  #closing: Promise<void> | undefined;

  private constructor(options: pg.PoolConfig, Pool: typeof pg.Pool) {
    this.pool = new Pool({ idleTimeoutMillis: 0, connectionTimeoutMillis: 10_000, ...options });
    this.pool.on('connect', (client) => {
      this.#clients.add(client);
      client.on('error', () => undefined); // resets end sessions on purpose
    });
    this.pool.on('remove', (client) => this.#clients.delete(client));
    this.pool.on('error', () => undefined);
  }

  /** Opens a pool with one open connection. */
  static async open(options: pg.PoolConfig, Pool: typeof pg.Pool = pg.Pool): Promise<Session> {
    const session = new Session(options, Pool);
    try {
      await session.connect();
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

  /** Closes every connection, including those that the test has not released. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const leaked = this.clientsInUse > 0;
    const ended = this.pool.end();
    if (!leaked) return ended;
    // The pool would wait for unreleased clients for ever.
    for (const client of this.#clients)
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
