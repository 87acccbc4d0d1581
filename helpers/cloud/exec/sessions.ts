import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RunningCommand, RunningContainer } from '../tasks/runner.ts';
import { AgentSession } from './agent.ts';

/** What a client needs to take part in a session. */
export interface SessionAddress {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
}

interface OpenSession extends SessionAddress {
  readonly container: RunningContainer;
  readonly argv: readonly string[];
}

const pathPrefix = '/v1/data-channel/';

/** The sessions of ExecuteCommand, each a WebSocket. A session is used once. */
export class Sessions implements Disposable {
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #waiting = new Map<string, OpenSession>();
  readonly #host: () => string;

  /** @param host where the server is found: `127.0.0.1:4711`. */
  constructor(server: Server, host: () => string) {
    this.#host = host;
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** A session that runs a command as soon as a client has come. */
  open(container: RunningContainer, argv: readonly string[]): SessionAddress {
    const sessionId = `ecs-execute-command-${randomUUID()}`;
    const address = { sessionId, streamUrl: `ws://${this.#host()}${pathPrefix}${sessionId}?role=publish_subscribe`, tokenValue: randomBytes(48).toString('base64') };
    this.#waiting.set(sessionId, { ...address, container, argv });
    void container.ended.then(() => this.#waiting.delete(sessionId));
    return address;
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const pathname = request.url!.replace(/[?#].*/s, '');
    const session = pathname.startsWith(pathPrefix) ? this.#waiting.get(pathname.slice(pathPrefix.length)) : undefined;
    if (session === undefined) {
      socket.on('error', () => undefined).end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    const { sessionId, tokenValue, container, argv } = session;
    const run = (): RunningCommand | undefined => (this.#waiting.delete(sessionId) ? container.execute(argv) : undefined);
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => new AgentSession(webSocket, sessionId, tokenValue, run).listen());
  }
}
