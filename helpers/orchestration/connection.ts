import pg from 'pg';
import { StoreError } from './store-error.ts';

/** How a client of a store in PostgreSQL reaches it. */
export interface Access {
  readonly url: string;
  /** The schema that the store is in. */
  readonly schema: string;
  /** Further settings of the session, as `-c name=value`. */
  readonly settings?: string;
}

/** A client's own connection to the schema of its store. */
export class Connection {
  readonly #client: pg.ClientBase;
  readonly #end: () => Promise<void>;
  readonly #isRetryable: (error: Error) => boolean;
  #ending: Promise<void> | undefined;

  /** `isRetryable` says whether the same call may succeed later. */
  constructor(client: pg.ClientBase, end: () => Promise<void>, isRetryable: (error: Error) => boolean) {
    this.#client = client;
    this.#end = end;
    this.#isRetryable = isRetryable;
  }

  static async open(access: Access, isRetryable: (error: Error) => boolean): Promise<Connection> {
    const client = new pg.Client(clientOptions(access));
    client.on('error', () => {}); // a lost connection fails the next call
    await client.connect();
    return new Connection(client, () => client.end(), isRetryable);
  }

  /**
   * `statement` names the text, which is prepared once for each connection.
   * @throws StoreError of the operation.
   */
  async rows<Row extends pg.QueryResultRow>(
    operation: string,
    text: string,
    values: unknown[],
    statement = operation,
  ): Promise<Row[]> {
    try {
      return (await this.#client.query<Row>({ name: statement, text, values })).rows;
    } catch (error) {
      // The error comes before the locks of its transaction go; the next answer comes after them.
      await this.#client.query('').catch(() => undefined);
      const { message } = error as Error;
      throw new StoreError(operation, message, this.#isRetryable(error as Error), { cause: error });
    }
  }

  close(): Promise<void> {
    return (this.#ending ??= this.#end());
  }
}

/** The schema names its sessions, so that they can be counted. */
export function clientOptions({ url, schema, settings = '' }: Access): pg.ClientConfig {
  return { connectionString: url, application_name: schema, options: `-c search_path=${schema} ${settings}` };
}
