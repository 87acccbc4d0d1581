import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type autocannon from 'autocannon';
import { type AnsweredCall, answeredCalls } from './api-calls.ts';
import { experimentRequest, type Measure } from './experiments.ts';

export interface LoadOptions {
  /** Concurrent clients; each sends its next request after the previous answer. */
  readonly clients: number;
  /** The number of requests of all clients together. */
  readonly requests: number;
}

/** The outcome of a load. Latencies in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  /** Answers other than 2xx, broken connections and timeouts. */
  readonly errors: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly latency: Readonly<Record<'p50' | 'p95' | 'p99' | 'max', number>>;
  /** The histogram as a table, to be printed. */
  readonly histogram: string;
}

const path = '/api/v1/experiments';
const percentiles = [2.5, 50, 75, 90, 95, 97.5, 99, 99.9, 100];

/** Creates experiments as fast as the clients can, each on a node of its own. By autocannon. */
export async function createUnderLoad(
  url: string,
  token: string,
  { clients, requests }: LoadOptions,
  measure: Measure = () => undefined,
): Promise<LoadResult> {
  const body = experimentRequest({ config: { duration: '30m', process_count: 1 } });
  const { origin } = new URL(url);
  let number = 0;
  const { default: generate } = await import('autocannon'); // loaded only when used
  const microseconds = createHistogram(); // autocannon's own has whole milliseconds and no p95
  // From the first request to the last answer; autocannon itself only ends at a whole second.
  const start = performance.now();
  let end = start;
  const run = generate({
    url,
    connections: clients,
    amount: requests,
    requests: [
      {
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        setupRequest: (request) => {
          number++;
          return {
            ...request,
            body: JSON.stringify({ ...body, name: `load-${number}`, target_nodes: [`load-${number}`] }),
          };
        },
      },
    ],
  }) as Promise<autocannon.Result> & autocannon.Instance; // autocannon's types declare only one of the two
  const result = await run.on('response', (_client, status, _bytes, milliseconds) => {
    end = performance.now();
    microseconds.record(Math.max(1, Math.round(milliseconds * 1000)));
    answeredCalls.publish({ origin, method: 'POST', path, status } satisfies AnsweredCall);
  });
  const seconds = (end - start) / 1000;
  const percentile = (percent: number): number => microseconds.percentile(percent) / 1000;
  const perSecond = result.requests.total / seconds;
  const latency = { p50: percentile(50), p95: percentile(95), p99: percentile(99), max: microseconds.max / 1000 };
  measure('load.throughput', perSecond, 'count', { per: 'second' });
  for (const [name, value] of Object.entries(latency)) measure('http.latency', value, 'ms', { percentile: name });
  return {
    requests: result.requests.total,
    errors: result.non2xx + result.errors + result.timeouts,
    seconds,
    perSecond,
    latency,
    histogram: tableOf(microseconds),
  };
}

/** A result in one line. */
export function describeLoad({ perSecond, latency: { p50, p99 }, errors }: LoadResult): string {
  return `${Math.round(perSecond)} requests a second, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${errors} errors`;
}

function tableOf(microseconds: RecordableHistogram): string {
  return percentiles
    .map((percent) => {
      const value = microseconds.percentile(percent);
      const name = percent === 100 ? 'max' : `p${percent}`;
      return `${name.padStart(6)} ${(value / 1000).toFixed(1).padStart(8)} ms ${'█'.repeat(Math.round((value / microseconds.max) * 40))}`;
    })
    .join('\n');
}
