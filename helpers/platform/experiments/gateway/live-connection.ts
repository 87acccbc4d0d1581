import type { WebSocket } from 'ws';
import type { PlatformConfiguration } from '../configuration.ts';
import { verifyToken } from '../../kernel/http/authentication.ts';
import { ApiError, toApiError } from '../../kernel/http/errors.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import type { TokenVerifier } from '../../kernel/token-verifier.ts';
import type { SignedClaims } from '../../kernel/tokens.ts';
import { Feed } from './feed.ts';
import { endWhenGone } from './heartbeat.ts';
import { parseMessage, type Subscribe } from './messages.ts';
import type { GatewayParts } from './parts.ts';
import { closeCode, type ServerMessage } from './protocol.ts';

/** Milliseconds between two pings. */
const heartbeat = 30_000;

/** What a connection works with. */
export interface ConnectionContext {
  readonly pool: Queryable;
  readonly tokens: TokenVerifier;
  readonly parts: Pick<GatewayParts, 'access' | 'delivery' | 'eventLog' | 'experimentReader'>;
  readonly configuration: { readonly times: Pick<PlatformConfiguration['times'], 'authentication'> };
}

/** One client of the live updates. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #context: ConnectionContext;
  #deadline: NodeJS.Timeout;
  #claims: SignedClaims | undefined;
  #feed: Feed | undefined;
  #unanswered = 0;
  #answered: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#deadline = setTimeout(
      () => socket.close(closeCode.unauthenticated, 'not authenticated in time'),
      context.configuration.times.authentication,
    );
    endWhenGone(socket, heartbeat);
    socket.on('error', () => undefined); // `close` follows
    socket.on('message', (data: Buffer) => this.#take(data.toString()));
    socket.once('close', () => clearTimeout(this.#deadline));
  }

  /** Called when there may be new events for this tenant, or without one for any. */
  notice(tenant: string | undefined): void {
    if (this.#claims !== undefined && (tenant === undefined || this.#context.parts.access.mayUse(this.#claims, tenant)))
      this.#feed?.notice();
  }

  /**
   * Handles messages in order. Reading is paused until a message's answer is sent, so that a client that does not read
   * can queue only the messages that came together.
   */
  #take(text: string): void {
    this.#socket.pause();
    this.#unanswered++;
    this.#answered = this.#answered
      .then(() => this.#answer(text))
      .catch((error: unknown) => this.#refuse(toApiError(error)))
      .finally(() => {
        if (--this.#unanswered === 0) this.#socket.resume();
      });
  }

  async #answer(text: string): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const message = parseMessage(text);
    if (message?.type === 'auth') return this.#authenticate(message.token);
    if (this.#claims === undefined) throw new ApiError('AUTHENTICATION_ERROR', 'Authenticate first');
    switch (message?.type) {
      case 'ping':
        return this.#say({ type: 'pong', timestamp: message.timestamp });
      case 'subscribe':
        return this.#subscribe(this.#claims, message);
      case undefined:
        throw new ApiError('VALIDATION_ERROR', 'This is no message that the gateway knows');
    }
  }

  async #authenticate(token: string): Promise<void> {
    const claims = verifyToken(token, this.#context.tokens);
    if (this.#claims?.tenant_id !== claims.tenant_id) await this.#unsubscribe(); // it was to another tenant's events
    this.#claims = claims;
    const left = claims.exp * 1000 - Date.now();
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(
      () => this.#socket.close(closeCode.unauthenticated, 'the token has expired'),
      Math.min(left, 2 ** 31 - 1),
    );
    await this.#say({
      type: 'authenticated',
      tenant_id: claims.tenant_id,
      expires_at: new Date(claims.exp * 1000).toISOString(),
    });
  }

  async #subscribe(claims: SignedClaims, subscription: Subscribe): Promise<void> {
    const { parts, pool } = this.#context;
    await this.#checkFilters(claims, subscription);
    const tenant = parts.access.scope(claims);
    const last = await parts.eventLog.last(pool, tenant);
    const after = Math.min(subscription.after ?? last, last);
    await this.#unsubscribe();
    await this.#say({ type: 'subscribed', channels: subscription.channels, after });
    this.#feed = new Feed({ pool, parts, socket: this.#socket, tenant, subscription, after });
    this.#feed.notice();
  }

  /** Waits for its end, so that no event of the old subscription follows the answer. */
  async #unsubscribe(): Promise<void> {
    await this.#feed?.end();
    this.#feed = undefined;
  }

  async #checkFilters(claims: SignedClaims, { filters }: Subscribe): Promise<void> {
    const { parts, pool } = this.#context;
    const { tenant_id: tenant, experiment_id: id } = filters ?? {};
    if (tenant !== undefined && !parts.access.mayUse(claims, tenant))
      throw new ApiError('AUTHORIZATION_ERROR', 'Another tenant is not yours to listen to');
    if (id === undefined) return;
    const experiment = await parts.experimentReader.find(pool, id);
    if (experiment === undefined) throw new ApiError('NOT_FOUND', `There is no experiment ${id}`);
    if (!parts.access.mayUse(claims, experiment.tenant))
      throw new ApiError('AUTHORIZATION_ERROR', 'The experiment belongs to another tenant');
  }

  async #say(message: ServerMessage): Promise<void> {
    await this.#context.parts.delivery.send(this.#socket, [message]);
  }

  async #refuse({ code, message }: ApiError): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    await this.#say({ type: 'error', error: { code, message } }).catch(() => undefined); // the client may have gone
    if (code === 'AUTHENTICATION_ERROR') this.#socket.close(closeCode.unauthenticated, message);
  }
}
