import { EnvironmentUnavailable, messageOf } from '../lib/environment.ts';

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | (string & {});
  readonly token?: string | undefined;
  /** Sent as JSON; a string is sent unchanged. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole answer; default 20 seconds, which is less than a test's timeout. */
  readonly timeout?: number;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, otherwise a string. */
  readonly body: unknown;
}

/** An answer other than 2xx where one was expected. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(asked: string, { status, body }: ApiResponse) {
    super(`${asked} was answered with ${status}: ${typeof body === 'string' ? body : JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }

  /** The error's documented code, if it has one. */
  get code(): string | undefined {
    return (this.body as { error?: { code?: string } } | null)?.error?.code;
  }
}

/** Sends one request and returns the answer, whatever its status. @throws Error when there is none in time. */
export async function request(url: string, path: string, options: ApiRequest = {}): Promise<ApiResponse> {
  const { method = 'GET', timeout = 20_000 } = options;
  try {
    return await send(url, path, { ...options, method, timeout });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error;
    throw new Error(`The platform did not answer ${method} ${path} within ${timeout / 1000} s.`, { cause: error });
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
    body: response.headers.get('content-type')?.includes('json') === true ? (JSON.parse(text) as unknown) : text,
  };
}

/** Sends one request, and returns the body of the answer. @throws ApiFailure when it is not 2xx. */
export async function call<Body>(url: string, path: string, options: ApiRequest = {}): Promise<Body> {
  const response = await request(url, path, options);
  if (response.status < 200 || response.status > 299)
    throw new ApiFailure(`${options.method ?? 'GET'} ${path}`, response);
  return response.body as Body;
}

/** @throws EnvironmentUnavailable when no platform answers at this URL. */
export async function checkPlatform(url: string): Promise<void> {
  const answer = await request(url, '/health').catch((error: unknown) => messageOf(error));
  if (typeof answer === 'string' || answer.status !== 200) {
    throw new EnvironmentUnavailable(
      `No platform answers at ${url} (${typeof answer === 'string' ? answer : `/health says ${answer.status}`}): check TEST_PLATFORM_URL, or set TARGET=local.`,
    );
  }
}
