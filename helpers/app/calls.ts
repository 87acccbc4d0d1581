import { messageOf } from '../lib/environment.ts';
import { request } from '../lib/request.ts';

/** What JSON is parsed to. */
export type Json = ReturnType<JSON['parse']>;

export interface AppResponse<Body = Json> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, otherwise a string. */
  readonly body: Body;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole answer; default 20,000. */
  readonly timeout?: number;
}

/** Short calls: each returns the answer, whatever its status. A body is sent as JSON, a string unchanged. */
export interface AppCalls {
  get<Body = Json>(path: string, options?: CallOptions): Promise<AppResponse<Body>>;
  post<Body = Json>(path: string, body?: unknown, options?: CallOptions): Promise<AppResponse<Body>>;
  put<Body = Json>(path: string, body?: unknown, options?: CallOptions): Promise<AppResponse<Body>>;
  patch<Body = Json>(path: string, body?: unknown, options?: CallOptions): Promise<AppResponse<Body>>;
  delete<Body = Json>(path: string, options?: CallOptions): Promise<AppResponse<Body>>;
  /** Any method. */
  send<Body = Json>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<AppResponse<Body>>;
}

/** Whose call it is, and of which service. */
export interface Caller {
  /** Default: the first that is declared. */
  readonly service?: string;
  /** Sent instead of the tenant's own. */
  readonly token?: string;
}

/** Calls of one service with these headers. */
export function callsOf(
  { name, url }: { readonly name: string; readonly url: string },
  known: Readonly<Record<string, string>>,
): AppCalls {
  const server = `The service '${name}'`;
  const send = async <Body>(
    method: string,
    path: string,
    body?: unknown,
    { headers = {}, ...options }: CallOptions = {},
  ): Promise<AppResponse<Body>> => {
    try {
      const answer = await request(url, path, { ...options, method, body, server, headers: { ...known, ...headers } });
      return answer as AppResponse<Body>;
    } catch (error) {
      if (!(error instanceof TypeError) || error.cause === undefined) throw error;
      throw new Error(`${server} was not reached by ${method} ${path}: ${messageOf(error.cause)}`, { cause: error });
    }
  };
  return {
    get: (path, options) => send('GET', path, undefined, options),
    post: (path, body, options) => send('POST', path, body, options),
    put: (path, body, options) => send('PUT', path, body, options),
    patch: (path, body, options) => send('PATCH', path, body, options),
    delete: (path, options) => send('DELETE', path, undefined, options),
    send,
  };
}
