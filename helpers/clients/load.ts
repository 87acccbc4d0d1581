import type autocannon from 'autocannon';
import { type AnsweredCall, answeredCalls } from './api-calls.ts';
import { anExperiment } from './experiments.ts';

export interface LoadOptions {
  /** Clients at the same time; each sends its next request when the last is answered. */
  readonly clients: number;
  /** Requests of all of them together. */
  readonly requests: number;
}

/** What a load came to. Latencies in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  /** Answers that were not 2xx, connections that broke, and answers that did not come in time. */
  readonly errors: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly latency: Readonly<Record<'p50' | 'p95' | 'p99' | 'max', number>>;
  /** The histogram as a table, to be printed. */
  readonly histogram: string;
}

const path = '/api/v1/experiments';
const percentiles = ['p2_5', 'p50', 'p75', 'p90', 'p95', 'p97_5', 'p99', 'p99_9'] as const;

/** Creates experiments as fast as the clients can, each on a node of its own. By autocannon. */
export async function createUnderLoad(url: string, token: string, { clients, requests }: LoadOptions): Promise<LoadResult> {
  const body = anExperiment({ config: { duration: '30m', process_count: 1 } });
  const { origin } = new URL(url);
  let number = 0;
  // From the first request to the last answer; autocannon itself ends at a whole second.
  const start = performance.now();
  let end = start;
  const { default: generate } = await import('autocannon'); // which most who import this never need
  const result = await generate({
    url,
    connections: clients,
    amount: requests,
    requests: [{
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      setupRequest: (request) => {
        number++;
        return { ...request, body: JSON.stringify({ ...body, name: `load-${number}`, target_nodes: [`load-${number}`] }) };
      },
      onResponse: (status) => {
        end = performance.now();
        answeredCalls.publish({ origin, method: 'POST', path, status } satisfies AnsweredCall);
      },
    }],
  });
  const seconds = (end - start) / 1000;
  const { p50, p97_5, p99, max } = result.latency;
  return {
    requests: result.requests.total,
    errors: result.non2xx + result.errors + result.timeouts,
    seconds,
    perSecond: result.requests.total / seconds,
    latency: { p50, p95: (result.latency as unknown as Record<string, number>)['p95'] ?? p97_5, p99, max },
    histogram: histogram(result),
  };
}

function histogram({ latency }: autocannon.Result): string {
  const values = latency as unknown as Record<string, number>;
  const widest = Math.max(1, latency.max);
  return [...percentiles, 'max'].filter((name) => values[name] !== undefined).map((name) => {
    const value = values[name]!;
    return `${name.replace('_', '.').padStart(6)} ${String(value).padStart(6)} ms ${'█'.repeat(Math.round((value / widest) * 40))}`;
  }).join('\n');
}
