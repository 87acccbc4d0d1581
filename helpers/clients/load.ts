import { generateLoad, type LoadResult } from '../app/generate-load.ts';
import { type AnsweredCall, answeredCalls } from './api-calls.ts';
import { experimentRequest, type Measure } from './experiments.ts';

export interface LoadOptions {
  /** Concurrent clients; each sends its next request after the previous answer. */
  readonly clients: number;
  /** The number of requests of all clients together. */
  readonly requests: number;
}

const path = '/api/v1/experiments';

/** Creates experiments as fast as the clients can, each on a node of its own. */
export async function createUnderLoad(
  url: string,
  token: string,
  { clients, requests }: LoadOptions,
  measure: Measure = () => undefined,
): Promise<LoadResult> {
  const body = experimentRequest({ config: { duration: '30m', process_count: 1 } });
  const { origin } = new URL(url);
  return generateLoad(
    {
      url,
      method: 'POST',
      path,
      headers: { authorization: `Bearer ${token}` },
      body: (number: number) => ({ ...body, name: `load-${number}`, target_nodes: [`load-${number}`] }),
      clients,
      amount: { requests },
      onAnswer: (status) => answeredCalls.publish({ origin, method: 'POST', path, status } satisfies AnsweredCall),
    },
    measure,
  );
}
