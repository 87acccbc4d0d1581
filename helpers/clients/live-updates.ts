import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { ApiFailure } from './api.ts';
import { handshakePatience, opened } from './handshake.ts';
import { until } from '../lib/until.ts';

/** What Vite says over its WebSocket (`vite/types/hmrPayload`): `connected` first, then `update` for every change. */
export interface LiveUpdate {
  readonly type: string;
}

/** A WebSocket over which a preview hears of changes, as an open page has it. */
export class LiveUpdates implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #received: LiveUpdate[] = [];
  /** Resolves when the connection ends, with the WebSocket's code: 1006 where nobody said good-bye. */
  readonly closed: Promise<number>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', resolve);
    });
    socket.on('message', (data: Buffer) => this.#received.push(JSON.parse(data.toString()) as LiveUpdate));
  }

  /**
   * Connects to a platform at a path. @throws ApiFailure with what is answered where the upgrade is refused, Error
   * where nobody answers in time.
   */
  static async connect(
    url: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    patience = handshakePatience,
  ): Promise<LiveUpdates> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, 'vite-hmr', {
      headers,
      handshakeTimeout: patience,
    });
    const updates = new LiveUpdates(socket);
    const refused = new Promise<never>((_, reject) => {
      socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        void text(response).then(
          (body) =>
            reject(
              new ApiFailure(`The upgrade of ${path}`, {
                status: response.statusCode!,
                headers: new Headers(),
                body: parse(body),
              }),
            ),
          reject,
        );
      });
    });
    await Promise.race([opened(socket, patience), refused]);
    return updates;
  }

  /**
   * The first message of a kind, whether it has come or is still to come. @throws Error when it does not come in time.
   */
  first(type: string, timeout = 15_000): Promise<LiveUpdate> {
    const found = (): Promise<LiveUpdate | undefined> =>
      Promise.resolve(this.#received.find((message) => message.type === type));
    return until(
      found,
      timeout,
      () =>
        `"${type}" over the WebSocket; what came: ${this.#received.map((message) => message.type).join(', ') || 'nothing'}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body; // not everybody answers in JSON
  }
}
