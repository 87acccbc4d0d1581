import type { IncomingMessage } from 'node:http';
import { bearerOf, verifyToken } from '../../kernel/http/authentication.ts';
import { ApiError } from '../../kernel/http/errors.ts';
import type { Context } from '../../kernel/process.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import type { TokenVerifier } from '../../kernel/token-verifier.ts';
import { longestBody, type SessionConfiguration } from '../configuration.ts';
import type { StoredSession } from '../store/session-store.ts';
import { workspaceKey } from '../workspace/key.ts';
import type { RouterParts } from './parts.ts';
import type { Action, Rule } from './rules.ts';

/** Where and how a request goes on. */
export interface Forwarding {
  readonly target: string;
  readonly path: string;
  /** What the answer gets. */
  readonly headers: Readonly<Record<string, string>>;
  /** The cookies of the answer, which has these of its own. */
  cookiesWith(own: readonly string[]): readonly string[];
  /** What of the request's headers goes on. */
  headersFrom(headers: IncomingMessage['headers']): IncomingMessage['headers'];
  readonly key: string | undefined;
  /** Records use of the session. */
  touch(): Promise<unknown>;
}

/** The destination of a request: a process, with the key for it, or an immediate answer. */
export type Destination = { readonly answer: object } | Forwarding;

interface RoutesContext extends Context<RouterParts, SessionConfiguration> {
  readonly db: Queryable;
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
    const url = this.#context.parts.addresses.parse(request.url ?? '/');
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
          ...plainly,
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
        return this.#toSession(request, url, session, `/session/${session}/ws/hmr`, ['key', 'session']);
      }
    }
  }

  /** With a session's key: its preview. Its own parameters do not go on. */
  async #toSession(
    request: IncomingMessage,
    url: URL,
    id: string,
    path: string,
    parameters: readonly string[] = ['key'],
  ): Promise<Destination> {
    const { entrance } = this.#context.parts;
    if (!entrance.isOwnPage(request))
      throw new ApiError('AUTHORIZATION_ERROR', 'A page of another site may not use a preview');
    const session = await this.#find(id);
    if (!entrance.isOpenTo(session, entrance.keyOf(request, url)))
      throw new ApiError('AUTHORIZATION_ERROR', 'The preview opens with the key in its address only');
    // Removing one writes the others in another way, so it is asked first.
    for (const name of parameters) if (url.searchParams.has(name)) url.searchParams.delete(name);
    return {
      ...this.#containerOf(session),
      path: `${path}${url.search}`,
      headers: { 'referrer-policy': 'no-referrer' },
      cookiesWith: (own) => [
        ...own.flatMap((cookie) => entrance.siteCookie(session, cookie) ?? []),
        entrance.cookieFor(session, request),
      ],
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
    return { ...plainly, ...this.#containerOf(session), path: pathOf(url) };
  }

  async #find(id: string): Promise<StoredSession> {
    const { db, parts } = this.#context;
    const session = idForm.test(id) ? await parts.directory.find(db, id) : undefined;
    if (session === undefined) throw new ApiError('NOT_FOUND', `There is no session ${id}`);
    return session;
  }

  #containerOf({
    id,
    status,
    address,
    task,
  }: StoredSession): Pick<Forwarding, 'target' | 'key' | 'touch' | 'headersFrom'> {
    const { db, parts, configuration } = this.#context;
    if (status !== 'active' || address === null || task === null)
      throw new ApiError('SERVICE_UNAVAILABLE', `The session is ${status}`);
    return {
      target: address,
      key: workspaceKey(configuration.workspaceSecret, task),
      touch: () => parts.directory.touch(db, id),
      headersFrom: parts.entrance.headersFor,
    };
  }
}

/** A request whose headers and cookies go on as they are. */
const plainly: Pick<Forwarding, 'headers' | 'cookiesWith' | 'headersFrom'> = {
  headers: {},
  cookiesWith: (own) => own,
  headersFrom: (headers) => headers,
};

/** The normalized path, so that the forwarded path is the checked one. */
function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}
