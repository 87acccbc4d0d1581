import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { HttpInterface, type Settings } from './http-interface.ts';

/** How to reach a run's ClickHouse, and its users. Serializable as JSON. */
export interface ClickHouseConnection {
  /** The address of its HTTP interface, without credentials: `http://127.0.0.1:8123`. */
  readonly url: string;
  /** The user that creates and drops databases. */
  readonly admin: Credentials;
  /** One for each worker that runs at the same time. */
  readonly testRoles: readonly TestRole[];
  /** Whether it is in a container. */
  readonly docker?: boolean;
  /** Whether the server belongs to this run alone: it ends with the run, so databases need not be dropped. */
  readonly owned: boolean;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A user with every right in one database, and none anywhere else. */
export interface TestRole extends Credentials {
  readonly database: string;
  /** The user that creates the templates of this database, and can touch nothing but them, it and its snapshots. */
  readonly builder: Credentials;
}

/** Milliseconds until a request times out: large answers and waiting DDL take long, but none of ours takes minutes. */
const patience = 120_000;

/** Creates a plain `@clickhouse/client`, without its own logging: errors are thrown, not logged as well. */
export function connect(url: string, { user, password }: Credentials, database?: string): ClickHouseClient {
  return createClient({
    url,
    username: user,
    password,
    ...(database === undefined ? {} : { database }),
    application: 'proving-ground',
    request_timeout: patience,
    log: { level: ClickHouseLogLevel.OFF },
  });
}

/** Calls `work` with a client that is closed afterwards. */
export async function withClient<T>(
  url: string,
  user: Credentials,
  database: string | undefined,
  work: (client: ClickHouseClient) => Promise<T>,
): Promise<T> {
  const client = connect(url, user, database);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** A database's address, for any client that takes a URL: `http://user:password@host:port/database`. */
export function connectionUrl(url: string, { user, password, database }: TestRole): string {
  const address = new URL(url);
  address.username = encodeURIComponent(user);
  address.password = encodeURIComponent(password);
  address.pathname = `/${encodeURIComponent(database)}`;
  return address.href;
}

/** Quotes an identifier for SQL. */
export function quoted(identifier: string): string {
  return `\`${identifier.replace(/[\\`]/g, '\\$&')}\``;
}

/** Quotes a string for SQL. */
export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** The ClickHouse error codes that this helper distinguishes (`src/Common/ErrorCodes.cpp`). */
export const errorCode = {
  accessDenied: '497',
  unknownTable: '60',
  unknownDatabase: '81',
  noStorageForUsers: '514',
} as const;

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof ClickHouseError && codes.includes(error.code);
}

// Disk, memory and file system errors, an unknown user, and too many queries.
const serverTrouble = new Set(['202', '241', '243', '194', '516', '76', '75', '481']);

function isServerTrouble(error: unknown): boolean {
  if (error instanceof ClickHouseError)
    return serverTrouble.has(error.code) || /No space left|Read-only file system/i.test(error.message);
  return /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|socket hang up|Timeout error/i.test(
    messageOf(error) + String((error as NodeJS.ErrnoException | undefined)?.code),
  );
}

/** For statements that read a few rows of several of the server's own tables: to plan them costs more than to run. */
export const forSmallTables: Settings = { max_threads: '1', query_plan_enable_optimizations: '0' };

/** A connection as the server's administrator. Failures of the server itself become {@link EnvironmentUnavailable}. */
export class Administrator implements AsyncDisposable {
  readonly #http: HttpInterface;
  readonly #where: string;
  readonly #docker: boolean;

  constructor({ url, admin, docker = false }: Pick<ClickHouseConnection, 'url' | 'admin' | 'docker'>) {
    this.#http = new HttpInterface(url, admin, patience);
    this.#where = `ClickHouse${docker ? ' in its Docker container' : ''} at ${new URL(url).host}`;
    this.#docker = docker;
  }

  /** Runs a statement that returns nothing. */
  async run(sql: string, settings: Settings = {}): Promise<void> {
    await this.#onServer(() =>
      this.#http.post(sql, {
        mutations_sync: '1',
        max_table_size_to_drop: '0',
        max_partition_size_to_drop: '0',
        ...settings,
      }),
    );
  }

  /** The rows of a SELECT, as objects. */
  async rows<Row>(sql: string, settings: Settings = {}): Promise<Row[]> {
    const output = await this.#onServer(() =>
      this.#http.post(sql, { default_format: 'JSONEachRow', output_format_parallel_formatting: '0', ...settings }),
    );
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  }

  /** Returns the result of a statement that accepts no FORMAT clause. */
  async text(sql: string): Promise<string> {
    return this.#onServer(() => this.#http.post(sql));
  }

  /** Inserts rows in bulk, values in the order of `columns`, dates as ISO 8601. */
  async insert(table: string, columns: readonly string[], values: readonly unknown[][]): Promise<void> {
    if (columns.length === 0 || values.length === 0) return;
    const rows = values.map((row) => JSON.stringify(row)).join('\n');
    await this.#onServer(() =>
      this.#http.post(`INSERT INTO ${table} (${columns.map(quoted).join(', ')}) FORMAT JSONCompactEachRow\n${rows}`, {
        date_time_input_format: 'best_effort',
        async_insert: '0',
      }),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#http[Symbol.dispose]();
    return Promise.resolve();
  }

  async #onServer<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isServerTrouble(error)) throw error;
      throw new EnvironmentUnavailable(
        `${this.#where} is not able to work (${firstSentence(error)}): ${mend(error, this.#docker)}.`,
      );
    }
  }
}

export function firstSentence(error: unknown): string {
  return messageOf(error)
    .split(/\.\s|\n/)[0]!
    .replace(/\.$/, '')
    .trim();
}

function mend(error: unknown, docker: boolean): string {
  const message = messageOf(error);
  if (hasCode(error, '243') || /No space left/.test(message))
    return 'free some disk space, or point PROVING_GROUND_FOLDER at a folder with more room';
  if (hasCode(error, '516', '194')) return 'check TEST_CLICKHOUSE_USER and TEST_CLICKHOUSE_PASSWORD';
  return docker ? 'see whether the Docker engine still runs, and start the tests again' : 'see its log, or run again';
}
