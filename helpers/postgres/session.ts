import pg from 'pg';
import { waitFor } from '../processes/index.ts';

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
   * Lets the open connection look at tables and indexes, and look up one row in each of a few: a session learns about
   * each, and about looking up at all, when it first does it, and a test's first query would wait for that. Worth its
   * 3 ms where nobody waits.
   */
  async preload(): Promise<void> {
    await this.pool.query("SELECT sum(pg_relation_size(oid)) FROM (SELECT oid FROM pg_class WHERE relkind IN ('r', 'i') AND oid >= 16384 LIMIT 100) AS relations");
    const { rows: [lookups] } = await this.pool.query<{ sql: string | null }>(`
      SELECT string_agg(format('SELECT 1 FROM %1$s WHERE %2$I = ANY (ARRAY(SELECT %2$I FROM %1$s LIMIT 1))', c.conrelid::regclass, a.attname), ' UNION ALL ') AS sql
      FROM (SELECT * FROM pg_constraint WHERE contype = 'p' AND conrelid >= 16384 ORDER BY conrelid LIMIT 8) c
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]`);
    if (lookups!.sql !== null) await this.pool.query(lookups!.sql);
  }

  /** Whether a client was taken and not yet given back. */
  get clientsInUse(): number {
    return this.pool.totalCount - this.pool.idleCount;
  }

  /** After the server has ended our idle connections: waits until the pool knows, so that it hands out none of them. */
  async forgetEndedConnections(): Promise<void> {
    if (!(await waitFor(() => this.pool.idleCount === 0, 5_000, 0.5))) throw new Error('The pool still holds connections that the server has ended.');
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
    for (const client of this.#clients) (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
