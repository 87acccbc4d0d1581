import pg from 'pg';
import { StoreError } from '../store-error.ts';

/** A connection to the schema that duroxide's procedures are in. */
export class Connection {
  readonly #client: pg.Client;
  #ending: Promise<void> | undefined;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(url: string, schema: string): Promise<Connection> {
    const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
    client.on('error', () => {}); // a lost connection fails the next call
    await client.connect();
    return new Connection(client);
  }

  /** `statement` names the text, which is prepared once for each connection; most operations have one alone. */
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
      throw storeErrorOf(operation, error as pg.DatabaseError);
    }
  }

  close(): Promise<void> {
    return (this.#ending ??= this.#client.end());
  }
}

/** As duroxide's provider has it: retryable are a deadlock, a stale plan, and what is of the connection. */
function storeErrorOf(operation: string, error: pg.DatabaseError): StoreError {
  const retryable = !(error instanceof pg.DatabaseError) || error.code === '40P01' || error.code === '0A000';
  return new StoreError(operation, error.message, retryable, { cause: error });
}

/** Stored JSON; duroxide's provider refuses the operation when it cannot be decoded. */
export function decode(operation: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new StoreError(operation, `Failed to deserialize ${text}`, false, { cause: error });
  }
}
