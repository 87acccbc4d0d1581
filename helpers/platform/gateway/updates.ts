import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { Listener } from '../store/listener.ts';
import type { SignedClaims } from '../tokens.ts';
import { verifyToken } from '../http/authentication.ts';
import type { GatewayContext } from './context.ts';
import { endWhenGone } from './heartbeat.ts';
import { ApiError, toApiError } from '../http/errors.ts';
import { type ClientMessage, isWanted, parseMessage, presentEvent, type Subscribe } from './messages.ts';
import { closeCode, type ServerMessage, updatesPath } from './protocol.ts';

/** Milliseconds between two pings. */
const heartbeat = 30_000;
const batch = 100;

/**
 * Live updates over WebSocket. The log in the database is the only queue: each client has a place in it and gets what
 * comes next when it has taken what came before. A slow one delays nobody and costs no memory, and one that comes back
 * goes on where it was.
 */
export async function serveUpdates(server: Server, context: GatewayContext): Promise<void> {
  const clients = new Set<Client>();
  const listener = new Listener(context.configuration.postgres, ['events'], (tenant) => {
    for (const client of clients) client.notice(tenant);
  });
  await listener.open();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: context.configuration.limits.bodyBytes });
  server.on('upgrade', (request, socket, head) => {
    const { url = '' } = request;
    if (url.split('?')[0] !== updatesPath) {
      socket.on('error', () => undefined); // who asked has gone; nobody else listens any more
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const client = new Client(webSocket, context);
      clients.add(client);
      webSocket.once('close', () => clients.delete(client));
    });
  });
}

/** One connection. */
class Client {
  readonly #socket: WebSocket;
  readonly #context: GatewayContext;
  #deadline: NodeJS.Timeout;
  #claims: SignedClaims | undefined;
  #subscription: Subscribe | undefined;
  /** The number of the last event that it has been sent, or that it does not want. */
  #place = 0;
  #isPumping = false;
  #isBehind = false;
  /** What it has said is answered in order. */
  #answered: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, context: GatewayContext) {
    this.#socket = socket;
    this.#context = context;
    this.#deadline = setTimeout(() => socket.close(closeCode.unauthenticated, 'not authenticated in time'), context.configuration.times.authentication);
    endWhenGone(socket, heartbeat);
    socket.on('error', () => undefined); // `close` follows
    socket.on('message', (data: Buffer) => {
      this.#answered = this.#answered.then(() => this.#answer(data.toString())).catch((error: unknown) => this.#refuse(toApiError(error)));
    });
    socket.once('close', () => clearTimeout(this.#deadline));
  }

  /** There may be news for this tenant; without one, for any. */
  notice(tenant: string | undefined): void {
    if (this.#claims !== undefined && (tenant === undefined || this.#context.parts.access.mayUse(this.#claims, tenant))) this.#pump();
  }

  async #answer(text: string): Promise<void> {
    const message = parseMessage(text);
    if (message === undefined) throw new ApiError('VALIDATION_ERROR', 'This is no message that the gateway knows');
    await this.#handle(message);
  }

  async #handle(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'ping':
        return this.#say({ type: 'pong', timestamp: message.timestamp });
      case 'auth':
        return this.#authenticate(message.token);
      case 'subscribe':
        return this.#subscribe(message);
    }
  }

  async #authenticate(token: string): Promise<void> {
    const claims = verifyToken(token, this.#context.tokens);
    if (this.#claims?.tenant_id !== claims.tenant_id) this.#subscription = undefined; // it was to another's events
    this.#claims = claims;
    const left = claims.exp * 1000 - Date.now();
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#socket.close(closeCode.unauthenticated, 'the token has expired'), Math.min(left, 2 ** 31 - 1));
    await this.#say({ type: 'authenticated', tenant_id: claims.tenant_id, expires_at: new Date(claims.exp * 1000).toISOString() });
  }

  async #subscribe(subscription: Subscribe): Promise<void> {
    const { parts, pool } = this.#context;
    const claims = this.#claims;
    if (claims === undefined) throw new ApiError('AUTHENTICATION_ERROR', 'Authenticate first');
    await this.#checkFilters(claims, subscription);
    const last = await parts.eventLog.last(pool, parts.access.scope(claims));
    this.#subscription = subscription;
    this.#place = Math.min(subscription.after ?? last, last);
    await this.#say({ type: 'subscribed', channels: subscription.channels, after: this.#place });
    this.#pump();
  }

  async #checkFilters(claims: SignedClaims, { filters }: Subscribe): Promise<void> {
    const { parts, pool } = this.#context;
    const { tenant_id: tenant, experiment_id: id } = filters ?? {};
    if (tenant !== undefined && !parts.access.mayUse(claims, tenant)) throw new ApiError('AUTHORIZATION_ERROR', 'Another tenant is not yours to listen to');
    if (id === undefined) return;
    const experiment = /^[0-9a-f-]{36}$/i.test(id) ? await parts.experimentReader.find(pool, id) : undefined;
    if (experiment === undefined) throw new ApiError('NOT_FOUND', `There is no experiment ${id}`);
    if (!parts.access.mayUse(claims, experiment.tenant)) throw new ApiError('AUTHORIZATION_ERROR', 'The experiment belongs to another tenant');
  }

  /** Sends what is new, one batch after the other, each when the one before is on its way. */
  #pump(): void {
    this.#isBehind = true;
    if (this.#isPumping) return;
    this.#isPumping = true;
    void this.#pumpAll().catch(() => this.#socket.terminate()).finally(() => { this.#isPumping = false; });
  }

  async #pumpAll(): Promise<void> {
    const { parts, pool } = this.#context;
    while (this.#isBehind && this.#subscription !== undefined && this.#socket.readyState === this.#socket.OPEN) {
      this.#isBehind = false;
      const subscription = this.#subscription;
      const events = await parts.eventLog.read(pool, parts.access.scope(this.#claims!), this.#place, batch);
      await parts.delivery.send(this.#socket, events.filter((event) => isWanted(subscription, event)).map(presentEvent));
      if (subscription === this.#subscription) this.#place = events.at(-1)?.number ?? this.#place;
      this.#isBehind ||= events.length === batch;
    }
  }

  async #say(message: ServerMessage): Promise<void> {
    await this.#context.parts.delivery.send(this.#socket, [message]);
  }

  async #refuse({ code, message }: ApiError): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    await this.#say({ type: 'error', error: { code, message } }).catch(() => undefined); // gone meanwhile
    if (code === 'AUTHENTICATION_ERROR') this.#socket.close(closeCode.unauthenticated, message);
  }
}
