import type { ServerOptions } from 'node:http';

/** How long a client may take to say what it wants. Milliseconds. */
export interface RequestTimes {
  /** For the head of a request, from the connection or the end of the request before it. */
  readonly head: number;
  /** For all of a request, its body included. */
  readonly request: number;
}

export const defaultRequestTimes: RequestTimes = { head: 10_000, request: 30_000 };

/**
 * What ends a connection that says too little in its time: 408 and the end of the connection, within a second after it.
 */
export function httpTimes({
  head,
  request,
}: RequestTimes): Pick<ServerOptions, 'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'> {
  return { headersTimeout: head, requestTimeout: request, connectionsCheckingInterval: Math.min(1_000, head) };
}
