import type { ServerOptions } from 'node:http';

/** How long a client may take to send its request, in milliseconds. */
export interface RequestTimes {
  /** For the head of a request, counted from the connection or from the end of the previous request. */
  readonly head: number;
  /** For the whole request, its body included. */
  readonly request: number;
}

export const defaultRequestTimes: RequestTimes = { head: 10_000, request: 30_000 };

/** Server options that end a slow connection with 408, within a second after its time is up. */
export function httpTimes({
  head,
  request,
}: RequestTimes): Pick<ServerOptions, 'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'> {
  return { headersTimeout: head, requestTimeout: request, connectionsCheckingInterval: Math.min(1_000, head) };
}
