import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Access, clientOptions, Connection } from './connection.ts';

/** How a kind of store is made in a schema of a PostgreSQL database. */
export interface SchemaKind {
  /** Of the schemas' names. */
  readonly prefix: string;
  /** Settings of the clients' sessions. */
  readonly settings?: string;
  readonly isRetryable: (error: Error) => boolean;
  /** Makes the schema of this name, and its tables. */
  readonly install: (db: pg.ClientBase, access: Access) => Promise<void>;
  /** SQL that puts back the rows that an installed schema has; its other tables are emptied. */
  readonly restore: string;
}

/** Stores that one schema may hold one after another, before what they deleted slows down its tables. */
const mostStores = 25;

/** A schema for one store at a time, with the connections of its clients. */
export class StoreSchema {
  readonly access: Access;
  readonly #kind: SchemaKind;
  readonly #pool: pg.Pool;
  #stores = 0;
  /** Tables without a row after the installation. */
  #tables: readonly string[] = [];

  private constructor(kind: SchemaKind, url: string) {
    this.#kind = kind;
    const { settings = '' } = kind;
    this.access = { url, schema: `${kind.prefix}_${randomBytes(6).toString('hex')}`, settings };
    // Idle connections stay, because what they have prepared is what is slow.
    this.#pool = new pg.Pool({ ...clientOptions(this.access), max: 1000, idleTimeoutMillis: 0, allowExitOnIdle: true });
    this.#pool.on('error', () => {}); // an idle connection has ended with its server
  }

  static async install(kind: SchemaKind, url: string): Promise<StoreSchema> {
    const schema = new StoreSchema(kind, url);
    const client = await schema.#pool.connect();
    try {
      await kind.install(client, schema.access);
      const { rows } = await client.query<{ name: string }>(
        `SELECT quote_ident(relname) AS name FROM pg_class
         WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND pg_relation_size(oid) = 0`,
        [schema.access.schema],
      );
      schema.#tables = rows.map(({ name }) => name);
    } finally {
      client.release();
    }
    return schema;
  }

  async query(text: string, values?: unknown[]): Promise<void> {
    await this.#pool.query(text, values);
  }

  /** A connection that no other client has; back in the pool when it is closed, unless it is broken. */
  async connect(): Promise<Connection> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    const release = async (): Promise<void> => {
      client.off('error', onError);
      client.release(broken);
    };
    return new Connection(client, release, this.#kind.isRetryable);
  }

  /** Empties it for another store. False when it may not serve one: it is worn, or a client of the last is left. */
  async empty(): Promise<boolean> {
    this.#stores += 1;
    if (this.#stores === mostStores || (await this.#hasClients())) return false;
    const deletions = this.#tables.map((name) => `DELETE FROM ${name}`);
    await this.query(['SET LOCAL lock_timeout = 100', ...deletions, this.#kind.restore].join(';'));
    return true;
  }

  async drop(): Promise<void> {
    await this.query(`DROP SCHEMA ${this.access.schema} CASCADE`);
    void this.#pool.end(); // a client that is left may never close
  }

  /** Also of other processes, whose last statement may still be under way. */
  async #hasClients(): Promise<boolean> {
    const { rows } = await this.#pool.query<{ count: number }>(
      'SELECT count(*)::integer FROM pg_stat_activity WHERE application_name = $1',
      [this.access.schema],
    );
    return this.#pool.idleCount < this.#pool.totalCount || rows[0]!.count > this.#pool.totalCount;
  }
}

/**
 * Schemas for stores. One that is given back is emptied and serves again, which takes 3 ms instead of 60: its tables
 * and functions are there, and its connections know them.
 */
export class StoreSchemas {
  readonly #kind: SchemaKind;
  readonly #free: StoreSchema[] = [];

  constructor(kind: SchemaKind) {
    this.#kind = kind;
  }

  async take(url: string): Promise<StoreSchema> {
    const index = this.#free.findIndex(({ access }) => access.url === url);
    const [found] = index < 0 ? [] : this.#free.splice(index, 1);
    return found ?? StoreSchema.install(this.#kind, url);
  }

  async giveBack(schema: StoreSchema): Promise<void> {
    if (await schema.empty().catch(() => false)) this.#free.push(schema);
    else await schema.drop();
  }
}
