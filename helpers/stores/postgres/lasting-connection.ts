import type pg from 'pg';

/** Takes from a connection what a test has left on it. */
export interface Cleaning {
  clean(run: (sql: string) => Promise<unknown>): Promise<void>;
  /** Whether a statement leaves what cannot be taken away. */
  invents(sql: string): boolean;
}

// DISCARD ALL, whose parts may come in one string, and what that leaves: the seed of random().
const cleaningSql = (seed: number): string => `
  SET SESSION AUTHORIZATION DEFAULT; RESET ALL; DEALLOCATE ALL; CLOSE ALL; UNLISTEN *;
  DISCARD PLANS; DISCARD SEQUENCES; DISCARD TEMP;
  SELECT pg_catalog.pg_stat_force_next_flush(), pg_catalog.pg_advisory_unlock_all(), pg_catalog.setseed(${seed})`;

export const cleaning: Cleaning = {
  clean: async (run) => void (await run(cleaningSql(Math.random()))),
  // A setting that a test invents is '' after its reset where it was missing before, and no catalogue shows it.
  invents: (sql) => /\bset_config\b|\bset\s+(session\s+|local\s+)?["\w]+\s*\.\s*["\w]/i.test(sql),
};

// A function says in its source what it sets; what is parsed already, and what a view does, is not looked into further.
const inventingSql = `
  SELECT EXISTS (
    SELECT FROM pg_proc WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      AND (prosrc ~* 'set_config|\\mset\\M' OR proconfig IS NOT NULL OR prosqlbody IS NOT NULL))
  OR EXISTS (SELECT FROM pg_views WHERE schemaname <> 'information_schema' AND definition ~ 'set_config') AS invents`;

/** Whether functions or views of a database may invent settings, which no statement of a test shows then. */
export async function mayInventSettings(client: pg.ClientBase): Promise<boolean> {
  return (await client.query<{ invents: boolean }>(inventingSql)).rows[0]!.invents;
}

/** What `pg` keeps of a client's past, besides its own properties. */
interface Past {
  readonly processID: number;
  readonly _types: { readonly text: object; readonly binary: object };
  readonly connection: {
    readonly parsedStatements: object;
    query: (text: string) => void;
    parse: (query: { readonly text: string }) => void;
  };
}

/**
 * A connection that passes from one test's pool to the next one's. Each pool has a client of its own that stands for
 * it, and that is dead once it is taken back.
 */
export class LastingConnection {
  readonly #client: pg.Client;
  #holder = Symbol();
  readonly #cleaning: Cleaning;
  #isOpen = false;
  #isKept = false;
  #isSpoilt = false;
  /** The client's own properties when it was new in its first pool. */
  #atFirst = '';

  constructor(client: pg.Client, how: Cleaning) {
    this.#client = client;
    this.#cleaning = how;
    this.#watch();
    this.#watchStatements();
  }

  /** Whether it can be lent again. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The server process at its other end. */
  get process(): number {
    return (this.#client as unknown as Past).processID;
  }

  /** Whether a test has left it idle, and its client as `pg` has made it. */
  get isUnchanged(): boolean {
    const { _types, connection } = this.#client as unknown as Past;
    const added = [_types.text, _types.binary, connection.parsedStatements].flatMap((each) => Object.keys(each));
    return (
      this.#isOpen &&
      !this.#isSpoilt &&
      this.#client.getTransactionStatus() === 'I' &&
      added.length === 0 &&
      this.#properties() === this.#atFirst
    );
  }

  /** A client for a pool, which connects where this is not connected yet. */
  lend(): pg.Client {
    const client = this.#client;
    const holder = (this.#holder = Symbol());
    this.#isKept = false;
    const instead = { connect: this.#connect, end: this.#end };
    return new Proxy(client, {
      get: (_, key) => {
        if (this.#holder !== holder) throw new Error('This client belongs to a test that has ended.');
        if (Object.hasOwn(instead, key)) return instead[key as keyof typeof instead];
        const value: unknown = Reflect.get(client, key);
        return typeof value === 'function' && key !== 'constructor' ? (value.bind(client) as unknown) : value;
      },
      set: (_, key, value) => Reflect.set(client, key, value),
    });
  }

  /** Remembers how it is when nothing has been done with it. */
  begin(): void {
    this.#atFirst = this.#properties();
  }

  /** From now on the end of its pool leaves it open. */
  keep(): void {
    this.#isKept = true;
  }

  /** Takes it back from its pool, which has ended, and cleans it. Returns whether it can be lent again. */
  async reclaim(run: (client: pg.Client, sql: string) => Promise<unknown>): Promise<boolean> {
    this.#holder = Symbol();
    this.#client.removeAllListeners();
    this.#watch();
    try {
      await this.#cleaning.clean((sql) => run(this.#client, sql));
      return true;
    } catch {
      await this.close();
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  #watch(): void {
    this.#client.on('error', () => undefined); // resets end sessions on purpose
    this.#client.once('end', () => (this.#isOpen = false));
  }

  /** Where `pg` writes them, because a pool, a cursor and a transaction give them in different ways. */
  #watchStatements(): void {
    const { connection } = this.#client as unknown as Past;
    const { query, parse } = connection;
    const look = (text: string): void => {
      this.#isSpoilt ||= this.#cleaning.invents(text);
    };
    connection.query = (text) => {
      look(text);
      query.call(connection, text);
    };
    connection.parse = (statement) => {
      look(statement.text);
      parse.call(connection, statement);
    };
  }

  #properties(): string {
    const known = (name: string): boolean => name !== 'hasExecuted'; // by `pg`, with the first statement
    return Object.keys(this.#client).filter(known).toSorted().join();
  }

  readonly #connect = (callback: (error?: Error | null) => void): void => {
    if (this.#isOpen) return process.nextTick(callback);
    this.#client.connect((error: Error | null) => {
      this.#isOpen = error === null || error === undefined;
      callback(error);
    });
  };

  readonly #end = (callback?: () => void): Promise<void> | void => {
    if (this.#isKept) return callback === undefined ? Promise.resolve() : callback();
    return callback === undefined ? this.#client.end() : this.#client.end(callback);
  };
}
