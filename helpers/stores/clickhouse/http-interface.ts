import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { parseError } from '@clickhouse/client';

/** Settings of one statement. */
export type Settings = Readonly<Record<string, string>>;

/** Milliseconds after which an idle connection is closed: before the server does, whose limit is 3 s at the least. */
const longestIdle = 2_500;

/** Bytes of output that the server keeps in memory, rather than in a file, until the statement has ended. */
const mostInMemory = 1_000_000;

/**
 * A server's HTTP interface, for many small statements in a row. `@clickhouse/client` waits a millisecond before each
 * request and streams it in pieces, which takes several times as long as the server needs for such a statement.
 */
export class HttpInterface implements Disposable {
  readonly #url: URL;
  readonly #authorization: string;
  readonly #patience: number;
  readonly #agent: http.Agent;

  /** @param patience milliseconds until a statement times out. */
  constructor(url: string, { user, password }: { readonly user: string; readonly password: string }, patience: number) {
    this.#url = new URL(url);
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    this.#patience = patience;
    this.#agent = new this.#protocol.Agent({ keepAlive: true, timeout: longestIdle });
  }

  /**
   * Sends one statement, an INSERT with its rows behind it, and returns its whole output.
   * @throws ClickHouseError when the server refuses it or fails, or the error of the connection.
   */
  async post(statement: string, settings: Settings = {}): Promise<string> {
    const response = await this.#send(statement, settings);
    const output = await text(response);
    if (response.statusCode !== 200 || response.headers['x-clickhouse-exception-code'] !== undefined)
      throw parseError(output);
    return output;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  get #protocol(): typeof http | typeof https {
    return this.#url.protocol === 'https:' ? https : http;
  }

  #send(statement: string, settings: Settings): Promise<http.IncomingMessage> {
    // Output that is complete before it is sent comes with an error's status, however late the error.
    const query = new URLSearchParams({ wait_end_of_query: '1', buffer_size: String(mostInMemory), ...settings });
    return new Promise((resolve, reject) => {
      const request = this.#protocol.request(
        new URL(`?${query.toString()}`, this.#url),
        {
          method: 'POST',
          agent: this.#agent,
          timeout: this.#patience,
          headers: { authorization: this.#authorization, 'content-length': Buffer.byteLength(statement) },
        },
        resolve,
      );
      request.once('timeout', () => request.destroy(new Error('Timeout error.')));
      request.once('error', (error: NodeJS.ErrnoException) => {
        // The server closed an idle connection just when the request was about to use it.
        if (request.reusedSocket && error.code === 'ECONNRESET') resolve(this.#send(statement, settings));
        else reject(error);
      });
      request.end(statement);
    });
  }
}
