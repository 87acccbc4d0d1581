import { shortened } from './text.ts';

/** One request of an HTTP API. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | (string & {});
  readonly token?: string | undefined;
  /** Sent as JSON; a string is sent unchanged. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole answer; default 20 seconds, which is less than a test's timeout. */
  readonly timeout?: number;
  /** What errors call the server; default `The platform`. */
  readonly server?: string;
}

/** Its answer. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, otherwise a string. */
  readonly body: unknown;
}

/** Sends one request and returns the answer, whatever its status. @throws Error when there is none in time. */
export async function request(url: string, path: string, options: ApiRequest = {}): Promise<ApiResponse> {
  const { method = 'GET', timeout = 20_000, server = 'The platform' } = options;
  try {
    return await send(url, path, { ...options, method, timeout });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error;
    throw new Error(`${server} did not answer ${method} ${path} within ${timeout / 1000} s.`, { cause: error });
  }
}

async function send(
  url: string,
  path: string,
  { method, token, body, headers = {}, timeout }: ApiRequest & { readonly method: string; readonly timeout: number },
): Promise<ApiResponse> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      connection: 'close', // the server may close a kept one just when it is reused
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    signal: AbortSignal.timeout(timeout),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text !== '' && response.headers.get('content-type')?.includes('json') === true ? parsed(text) : text,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`The answer says that it is JSON, and is not: ${shortened(text, 200)}`, { cause: error });
  }
}
