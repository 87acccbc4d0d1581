import type { IncomingMessage } from 'node:http';
import type pg from 'pg';
import { bearerOf, verifyToken } from '../../kernel/http/authentication.ts';
import { ApiError } from '../../kernel/http/errors.ts';
import type { Context } from '../../kernel/process.ts';
import type { TokenVerifier } from '../../kernel/token-verifier.ts';
import { longestBody, type SessionConfiguration } from '../configuration.ts';
import type { StoredSession } from '../store/session-store.ts';
import { workspaceKey } from '../workspace/key.ts';
import type { RouterParts } from './parts.ts';
import type { Action, Rule } from './rules.ts';

/** The destination of a request: a process, with the key for it, or an immediate answer. */
export type Destination =
  | { readonly answer: object }
  | {
      readonly target: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly key: string | undefined;
      readonly touch: () => Promise<unknown>;
    };

interface RoutesContext extends Context<RouterParts, SessionConfiguration> {
  readonly pool: pg.Pool;
}

/** The form of a session's id; the store need not be asked for others. */
const idForm = /^[\w-]{1,100}$/;

/** Routes requests by the rules of the load balancer. */
export class Routes {
  readonly #context: RoutesContext;
  readonly #tokens: TokenVerifier;
  readonly #rules: readonly Rule[];

  constructor(context: RoutesContext) {
    this.#context = context;
    this.#tokens = context.parts.tokens(context.configuration.secret);
    this.#rules = context.parts.rules.toSorted((one, other) => one.priority - other.priority);
  }

  /** @throws ApiError when access is denied, the request is too large, or its destination is unavailable. */
  async find(request: IncomingMessage): Promise<Destination> {
    const url = parse(request.url ?? '/');
    if (Number(request.headers['content-length']) > longestBody)
      throw new ApiError('PAYLOAD_TOO_LARGE', `A request has at most ${longestBody} bytes`);
    for (const { path, action } of this.#rules) {
      const match = path.exec(url.pathname);
      if (match !== null) return this.#follow(action, request, url, match);
    }
    throw new ApiError('NOT_FOUND', `There is nothing at ${url.pathname}`);
  }

  #follow(
    action: Action,
    request: IncomingMessage,
    url: URL,
    [, id = '', rest = '/']: RegExpExecArray,
  ): Promise<Destination> | Destination {
    switch (action) {
      case 'healthy':
        return { answer: { status: 'healthy' } };
      case 'hermes':
        return {
          target: this.#context.configuration.hermes,
          path: pathOf(url),
          headers: {},
          key: undefined,
          touch: () => Promise.resolve(),
        };
      case 'container':
        return this.#toContainer(request, url);
      case 'container health':
        return this.#toSession(request, url, id, '/health');
      case 'preview':
        return this.#toSession(request, url, id, `/session/${id}${rest}`);
      case 'live updates': {
        const session = url.searchParams.get('session') ?? '';
        return this.#toSession(request, url, session, `/session/${session}/ws/hmr`);
      }
    }
  }

  /** With a session's key: its preview. */
  async #toSession(request: IncomingMessage, url: URL, id: string, path: string): Promise<Destination> {
    const { entrance } = this.#context.parts;
    if (!entrance.isOwnPage(request))
      throw new ApiError('AUTHORIZATION_ERROR', 'A page of another site may not use a preview');
    const session = await this.#find(id);
    if (!entrance.isOpenTo(session, entrance.keyOf(request, url)))
      throw new ApiError('AUTHORIZATION_ERROR', 'The preview opens with the key in its address only');
    url.searchParams.delete('key');
    url.searchParams.delete('session');
    return {
      ...(await this.#use(session)),
      path: `${path}${url.search}`,
      headers: { 'set-cookie': entrance.cookieFor(session), 'referrer-policy': 'no-referrer' },
    };
  }

  /** With the token of the session's user: the API of its container. */
  async #toContainer(request: IncomingMessage, url: URL): Promise<Destination> {
    const claims = verifyToken(bearerOf(request.headers.authorization), this.#tokens);
    const { 'x-session-id': id } = request.headers;
    if (typeof id !== 'string') throw new ApiError('VALIDATION_ERROR', 'The header x-session-id names no session');
    const session = await this.#find(id);
    if (!this.#context.parts.access.mayUse(claims, session))
      throw new ApiError('AUTHORIZATION_ERROR', 'The session belongs to another user');
    return { ...(await this.#use(session)), path: pathOf(url), headers: {} };
  }

  async #find(id: string): Promise<StoredSession> {
    const { pool, parts } = this.#context;
    const session = idForm.test(id) ? await parts.directory.find(pool, id) : undefined;
    if (session === undefined) throw new ApiError('NOT_FOUND', `There is no session ${id}`);
    return session;
  }

  /** Every permitted request counts as use of the session. */
  async #use(session: StoredSession): Promise<{ target: string; key: string; touch: () => Promise<unknown> }> {
    const { id, status, address, task } = session;
    const { pool, parts, configuration } = this.#context;
    if (status !== 'active' || address === null || task === null)
      throw new ApiError('SERVICE_UNAVAILABLE', `The session is ${status}`);
    const touch = (): Promise<unknown> => parts.directory.touch(pool, id);
    await touch();
    return { target: address, key: workspaceKey(configuration.workspaceSecret, task), touch };
  }
}

/** A request's URL, with `..` resolved. @throws ApiError when it is malformed. */
function parse(address: string): URL {
  try {
    return new URL(address, 'http://router');
  } catch {
    throw new ApiError('VALIDATION_ERROR', `${address} is no address`);
  }
}

/** The normalized path, so that the forwarded path is the checked one. */
function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}
