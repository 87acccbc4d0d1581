import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { WebSocket } from 'ws';
import { shortened } from '../../lib/text.ts';
import type { AppSocket, MessageMatch } from '../app.ts';
import type { Matching } from '../matching.ts';
import { handshakePatience, opened } from './handshake.ts';
import { SocketClient } from './socket-client.ts';

const defaultTimeout = 5_000;

export interface OpenSocketOptions {
  readonly url: URL;
  readonly subprotocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly first: readonly (object | string)[];
  /** What the transcript leaves out. */
  readonly secrets: readonly string[];
  readonly matches: Matching;
}

/** A handshake that was answered with something else than a WebSocket. */
export class SocketRefused extends Error {
  readonly status: number;
  readonly body: string;

  constructor(place: string, status: number, body: string) {
    super(`The WebSocket at ${place} was refused with ${status}${body === '' ? '' : `: ${shortened(body, 300)}`}`);
    this.status = status;
    this.body = body;
  }
}

/** A WebSocket to a service of an app. */
export class AppSocketClient extends SocketClient<unknown> implements AppSocket {
  readonly #matches: Matching;

  private constructor(socket: WebSocket, { matches, secrets }: OpenSocketOptions) {
    super(socket, { parse, hide: (said) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), said) });
    this.#matches = matches;
  }

  /** @throws SocketRefused with the answer, or Error when there is none in time. */
  static async open(options: OpenSocketOptions): Promise<AppSocketClient> {
    const { url, subprotocols, headers, first } = options;
    const ws = await import('ws'); // loaded only when used
    const socket = new ws.WebSocket(url, [...subprotocols], { headers, handshakeTimeout: handshakePatience });
    const client = new AppSocketClient(socket, options);
    const refused = new Promise<never>((_, reject) => {
      socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        void text(response)
          .catch(() => '')
          .then((body) => reject(new SocketRefused(`${url.origin}${url.pathname}`, response.statusCode!, body)))
          .finally(() => socket.terminate());
      });
    });
    await Promise.race([opened(socket, handshakePatience), refused]);
    for (const message of first) client.send(message);
    return client;
  }

  async waitFor<Message = unknown>(match: MessageMatch, { timeout = defaultTimeout } = {}): Promise<Message> {
    const find = (): { found: unknown } | undefined => {
      const index = this.messages.findIndex((message) => this.#matches(message, match));
      return index < 0 ? undefined : { found: this.messages[index] };
    };
    return (await this.wait(find, timeout, `a message ${described(match)}`)).found as Message;
  }
}

/** A match in a few words, for a sentence. */
export function described(match: MessageMatch): string {
  if (typeof match === 'function') return `that ${match.name || 'the function'} accepts`;
  if (match instanceof RegExp) return `that matches ${match}`;
  return `with ${shortened(JSON.stringify(match), 300)}`;
}

/** Text that is no JSON stands for itself. */
function parse(frame: string | Uint8Array): unknown {
  if (typeof frame !== 'string') return frame;
  try {
    return JSON.parse(frame) as unknown;
  } catch {
    return frame;
  }
}
