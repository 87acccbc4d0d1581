import pg from 'pg';
import { waitFor } from '../../run/processes/index.ts';

// For up to 20 tables: a row by its key where that is a number, which most first queries resemble, else any row.
const firstQueriesSql = `
  SELECT concat_ws('; ', 'SELECT 1', string_agg(concat('EXPLAIN SELECT * FROM ', t.oid::regclass, ' WHERE ' || quote_ident(a.attname) || ' = 1'), '; ')) AS sql
  FROM (
    SELECT c.oid, (SELECT indkey[0] FROM pg_index WHERE indrelid = c.oid AND indisprimary) AS key
    FROM pg_class c
    WHERE relkind = 'r' AND NOT relispartition AND c.oid >= 16384 AND pg_table_is_visible(c.oid) AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY c.oid LIMIT 20) t
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = t.key AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)`;

/** A test's connections to its database: a pool that is warm when the test gets it and leaves nothing behind. */
export class Session {
  readonly pool: pg.Pool;
  readonly #clients = new Set<pg.PoolClient>();
  #closing: Promise<void> | undefined;

  private constructor(options: pg.PoolConfig) {
    this.pool = new pg.Pool({ idleTimeoutMillis: 0, connectionTimeoutMillis: 10_000, ...options });
    this.pool.on('connect', (client) => {
      this.#clients.add(client);
      client.on('error', () => undefined); // sessions are ended by us, too
    });
    this.pool.on('remove', (client) => this.#clients.delete(client));
    this.pool.on('error', () => undefined);
  }

  /** One connection is open. */
  static async open(options: pg.PoolConfig): Promise<Session> {
    const session = new Session(options);
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
   * Has first queries planned (not run) on the open connection: a session learns about a table when it first meets it,
   * and a test's first query would wait a millisecond for that. Returns the statements, which are the same for every
   * clone of a template: given back to the next one, they need not be made again.
   */
  async preload(statements?: string): Promise<string> {
    const wanted = statements ?? (await this.pool.query<{ sql: string }>(firstQueriesSql)).rows[0]!.sql;
    await this.pool.query(wanted);
    return wanted;
  }

  /** Whether a client was taken and not yet given back. */
  get clientsInUse(): number {
    return this.pool.totalCount - this.pool.idleCount;
  }

  /** After the server has ended our idle connections: waits until the pool knows, so that it hands out none of them. */
  async forgetEndedConnections(): Promise<void> {
    if (!(await waitFor(() => this.pool.idleCount === 0, 5_000, 0.5)))
      throw new Error('The pool still holds connections that the server has ended.');
  }

  /** Closes every connection, those that the test forgot to give back included. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const leaked = this.clientsInUse > 0;
    const ended = this.pool.end();
    if (!leaked) return ended;
    // The pool would wait for them for ever.
    for (const client of this.#clients)
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
