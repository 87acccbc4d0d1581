import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Recorder } from '../run/measurements/index.ts';
import { operationsOf } from '../lib/openapi/index.ts';
import { request } from './api.ts';

/** A request of this process that was answered. */
export interface AnsweredCall {
  readonly origin: string;
  /** In capitals. */
  readonly method: string;
  /** As sent, including its query. */
  readonly path: string;
  readonly status: number;
}

const name = 'proving-ground:call';
/** The channel on which clients with their own sockets report their calls, as Node reports those of its clients. */
export const answeredCalls = channel(name);

/** The diagnostics channels that report answers to this process, and how to read their messages. */
const sources: Readonly<Record<string, (message: unknown) => AnsweredCall>> = {
  [name]: (message) => message as AnsweredCall,
  // `fetch`, see undici's `DiagnosticsChannel`.
  'undici:request:headers': (message) => {
    const {
      request: { origin, method, path },
      response: { statusCode },
    } = message as {
      request: { origin: string | URL; method: string; path: string };
      response: { statusCode: number };
    };
    return { origin: new URL(origin).origin, method, path, status: statusCode };
  },
  'http.client.response.finish': (message) => {
    const { request: sent, response } = message as { request: ClientRequest; response: IncomingMessage };
    return {
      origin: `${sent.protocol}//${String(sent.getHeader('host'))}`,
      method: sent.method,
      path: sent.path,
      status: response.statusCode!,
    };
  },
};

/** An API and its documented operations. */
export interface DocumentedApi {
  readonly api: 'deployments' | 'experiments' | 'sessions';
  readonly url: string;
  /** Method and path, with parameter names in braces: `GET /items/{id}`. */
  readonly operations: readonly string[];
}

/** Counts this process's calls of an API by operation and status, without browsers' and WebSockets. */
export class ApiMeter {
  readonly #api: DocumentedApi;
  readonly #listeners: ReadonlyMap<string, (message: unknown) => void>;
  /** By operation and status. */
  readonly #counts = new Map<string, number>();

  constructor(api: DocumentedApi, recorder: Pick<Recorder, 'record' | 'addMeter'>) {
    this.#api = api;
    const { origin } = new URL(api.url);
    this.#listeners = new Map(
      Object.entries(sources).map(([source, read]) => [
        source,
        (message: unknown): void => {
          const call = read(message);
          if (call.origin === origin) this.#count(call);
        },
      ]),
    );
    for (const [source, listener] of this.#listeners) subscribe(source, listener);
    recorder.record(
      'api.documented',
      api.operations.length,
      'count',
      { api: api.api, operations: api.operations.join('\n') },
      'worker',
    );
    recorder.addMeter(() => this.#read(recorder));
  }

  /** Counts calls of the operations that the document at this path lists. Costs one request. */
  static async ofDocument(
    { path, ...api }: Omit<DocumentedApi, 'operations'> & { readonly path: string },
    recorder: Pick<Recorder, 'record' | 'addMeter'>,
  ): Promise<ApiMeter> {
    return new ApiMeter({ ...api, operations: await documentedOperations(api.url, path) }, recorder);
  }

  /** Stops counting; counts so far are still recorded. */
  close(): void {
    for (const [source, listener] of this.#listeners) unsubscribe(source, listener);
  }

  #read(recorder: Pick<Recorder, 'record'>): void {
    for (const [key, count] of this.#counts) {
      const [operation, status] = JSON.parse(key) as [string, string];
      recorder.record('api.calls', count, 'count', { api: this.#api.api, operation, status });
    }
    this.#counts.clear();
  }

  #count({ method, path, status }: AnsweredCall): void {
    const key = JSON.stringify([operationFor(this.#api.operations, method, path) ?? 'undocumented', String(status)]);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
}

/** The documented operations of a platform; none when it has no document at this path. */
export async function documentedOperations(url: string, path: string): Promise<string[]> {
  const { status, body } = await request(url, path);
  return status === 200 ? operationsOf(body as object).map((operation) => `${operation.method} ${operation.path}`) : [];
}

/** The operation that a request is for, if any; a path without parameters goes first (OpenAPI 3.1, 4.8.8.2). */
export function operationFor(operations: readonly string[], method: string, path: string): string | undefined {
  const asked = path.replace(/[?#].*/s, '').split('/');
  const found = operations.filter((operation) => {
    const [itsMethod, itsPath = ''] = operation.split(' ');
    const parts = itsPath.split('/');
    return (
      itsMethod === method &&
      parts.length === asked.length &&
      parts.every((part, index) => part === asked[index] || (isParameter(part) && asked[index] !== ''))
    );
  });
  return found.toSorted((one, other) => parameters(one) - parameters(other))[0];
}

function isParameter(part: string): boolean {
  return /^\{.*\}$/.test(part);
}

function parameters(operation: string): number {
  return operation.split('/').filter(isParameter).length;
}
