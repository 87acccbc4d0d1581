import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type autocannon from 'autocannon';
import { loadOptional } from '../lib/packages.ts';

/** One request after the other, from each of many clients. */
export interface Load {
  readonly url: string;
  readonly method: string;
  readonly path: string | ((number: number) => string);
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON, a string unchanged, or what a function returns for the number of a request, from 1. */
  readonly body?: unknown;
  readonly clients: number;
  /** How many requests of all clients together, or for how many milliseconds. */
  readonly amount: { readonly requests: number } | { readonly duration: number };
  /** Called with the status of each answer. */
  readonly onAnswer?: (status: number) => void;
}

/** The outcome of a load. Latencies in milliseconds. */
export interface LoadResult {
  /** How many were answered. */
  readonly requests: number;
  /** Answered with 2xx. */
  readonly accepted: number;
  /** Sent, and not answered: the connection broke, the answer took too long, or the load's time was over. */
  readonly unanswered: number;
  /** Answers other than 2xx, broken connections and timeouts. */
  readonly errors: number;
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly seconds: number;
  readonly perSecond: number;
  readonly latency: Readonly<Record<'p50' | 'p95' | 'p99' | 'max', number>>;
  /** The histogram as a table, to be printed. */
  readonly histogram: string;
}

const percentiles = [2.5, 50, 75, 90, 95, 97.5, 99, 99.9, 100];

/** Records a measurement in milliseconds or as a count. */
export type Measure = (name: string, value: number, unit: 'ms' | 'count', attributes?: Record<string, string>) => void;

/** Sends requests as fast as the clients can, and records throughput and latencies. By autocannon. */
export async function generateLoad(load: Load, measure: Measure): Promise<LoadResult> {
  const { url, method, path, headers, body, clients, amount, onAnswer = () => undefined } = load;
  const { default: generate } = await loadOptional('loads of an app', () => import('autocannon'));
  const microseconds = createHistogram(); // autocannon's own has whole milliseconds and no p95
  const statuses: Record<number, number> = {};
  let number = 0;
  // From the first request to the last answer; autocannon itself only ends at a whole second.
  const start = performance.now();
  let end = start;
  const run = generate({
    url,
    ...('requests' in amount
      ? { amount: amount.requests, connections: Math.min(clients, amount.requests) }
      : { duration: amount.duration / 1000, connections: clients }),
    requests: [
      {
        method: method as autocannon.Request['method'] & string,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        setupRequest: (request) => {
          number++;
          const content: unknown = typeof body === 'function' ? body(number) : body;
          return {
            ...request,
            path: typeof path === 'function' ? path(number) : path,
            ...(content === undefined ? {} : { body: typeof content === 'string' ? content : JSON.stringify(content) }),
          };
        },
      },
    ],
  }) as Promise<autocannon.Result> & autocannon.Instance; // autocannon's types declare only one of the two
  const result = await run.on('response', (_client, status, _bytes, milliseconds) => {
    end = performance.now();
    statuses[status] = (statuses[status] ?? 0) + 1;
    microseconds.record(Math.max(1, Math.round(milliseconds * 1000)));
    onAnswer(status);
  });
  const seconds = (end - start) / 1000;
  const percentile = (percent: number): number => microseconds.percentile(percent) / 1000;
  const latency = { p50: percentile(50), p95: percentile(95), p99: percentile(99), max: microseconds.max / 1000 };
  const perSecond = result.requests.total / seconds;
  measure('load.throughput', perSecond, 'count', { per: 'second' });
  for (const [name, value] of Object.entries(latency)) measure('http.latency', value, 'ms', { percentile: name });
  return {
    requests: result.requests.total,
    accepted: result['2xx'],
    unanswered: result.requests.sent - result.requests.total,
    errors: result.non2xx + result.errors, // a timeout is an error, too
    statuses,
    seconds,
    perSecond,
    latency,
    histogram: tableOf(microseconds),
  };
}

/** A result in one line. */
export function describeLoad({ perSecond, latency: { p50, p99 }, errors }: LoadResult): string {
  const latencies = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  return `${Math.round(perSecond)} requests a second, ${latencies}, ${errors} errors`;
}

function tableOf(microseconds: RecordableHistogram): string {
  return percentiles
    .map((percent) => {
      const value = microseconds.percentile(percent);
      const name = percent === 100 ? 'max' : `p${percent}`;
      const bar = '█'.repeat(Math.round((value / microseconds.max) * 40));
      return `${name.padStart(6)} ${(value / 1000).toFixed(1).padStart(8)} ms ${bar}`;
    })
    .join('\n');
}
