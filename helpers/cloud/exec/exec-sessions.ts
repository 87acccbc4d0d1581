import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { CloudParts } from '../parts.ts';
import type { RunningContainer, TerminalCommand } from '../tasks/runner.ts';
import { AgentSession } from './agent.ts';

/** How long a session waits, in milliseconds. */
export interface SessionTimes {
  /** For its client to connect. */
  readonly open: number;
  /** For a connected client to send its token. */
  readonly token: number;
}

/** What a client needs to join a session. */
export interface SessionAddress {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
}

interface OpenSession extends SessionAddress {
  readonly container: RunningContainer;
  readonly argv: readonly string[];
}

/** Of a terminal until its client has told its own. */
const firstSize = { columns: 80, rows: 24 };
const pathPrefix = '/v1/data-channel/';

/** The sessions of ExecuteCommand, each a WebSocket that can be used once, with its token, within its time limit. */
export class Sessions implements Disposable {
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #waiting = new Map<string, OpenSession>();
  readonly #host: () => string;
  readonly #times: SessionTimes;
  readonly #parts: Pick<CloudParts, 'sessionTokens'>;

  /** @param host the server's address: `127.0.0.1:4711`. */
  constructor(server: Server, host: () => string, times: SessionTimes, parts: Pick<CloudParts, 'sessionTokens'>) {
    this.#host = host;
    this.#times = times;
    this.#parts = parts;
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Opens a session that runs a command as soon as its client connects. */
  open(container: RunningContainer, argv: readonly string[]): SessionAddress {
    const sessionId = `ecs-execute-command-${randomUUID()}`;
    const address = {
      sessionId,
      streamUrl: `ws://${this.#host()}${pathPrefix}${sessionId}?role=publish_subscribe`,
      tokenValue: randomBytes(48).toString('base64'),
    };
    this.#waiting.set(sessionId, { ...address, container, argv });
    const expiry = setTimeout(() => this.#waiting.delete(sessionId), this.#times.open).unref();
    void container.ended.then(() => {
      clearTimeout(expiry);
      this.#waiting.delete(sessionId);
    });
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
    const isToken = (given: string): boolean => this.#parts.sessionTokens.isToken(given, tokenValue);
    const run = (): TerminalCommand | undefined =>
      this.#waiting.delete(sessionId) ? container.executeInTerminal(argv, firstSize) : undefined;
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
      new AgentSession(webSocket, sessionId, isToken, run).listen(this.#times.token),
    );
  }
}
