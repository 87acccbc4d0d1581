import { EnvironmentUnavailable, messageOf } from '../lib/environment.ts';
import { type ApiRequest, type ApiResponse, request } from '../lib/request.ts';

export { type ApiRequest, type ApiResponse, request } from '../lib/request.ts';

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
