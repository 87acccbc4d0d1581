import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { ApiFailure } from './api.ts';
import { handshakePatience, opened } from '../app/sockets/handshake.ts';
import { until } from '../lib/wait.ts';

/** A message of Vite's WebSocket (`vite/types/hmrPayload`): `connected` first, then `update` for every change. */
export interface LiveUpdate {
  readonly type: string;
}

/** The WebSocket by which an open preview receives changes. */
export class LiveUpdates implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #received: LiveUpdate[] = [];
  /** Resolves when the connection ends, with the WebSocket's code: 1006 without a closing handshake. */
  readonly closed: Promise<number>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', resolve);
    });
    socket.on('message', (data: Buffer) => this.#received.push(JSON.parse(data.toString()) as LiveUpdate));
  }

  /**
   * Connects to a path of a platform.
   * @throws ApiFailure with the answer when the upgrade is refused, Error when there is no answer in time.
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

  /** The first message of a kind, already received or still to come. @throws Error when it does not come in time. */
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

  /** Sends the message by which Vite's client keeps the connection open, every `interval` milliseconds to the end. */
  keepOpen(interval: number): void {
    const pings = setInterval(() => this.#socket.send('{"type":"ping"}'), interval);
    void this.closed.then(() => clearInterval(pings));
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
    return body; // not all answers are JSON
  }
}
