import type { AppCalls, Caller } from './calls.ts';
import type { LoadResult } from './generate-load.ts';
import type { AppTenant } from './tenant.ts';

/** Your platform under test: its services run for the whole worker, what a test makes ends with the test. */
export interface AppClient {
  /** A service's address, without a slash at the end; default the first that is declared. */
  url(service?: string): string;
  /** The last lines of a service's output. */
  log(service?: string): string;
  /** A tenant with unique ids, unknown to the platform until it is used. */
  createTenant(name?: string): AppTenant;
  /** Short calls with the tenant's token, or without a tenant with none. */
  as(tenant?: AppTenant, caller?: Caller): Promise<AppCalls>;
  /**
   * Opens a WebSocket; closed after the test, with its transcript in the report when the test fails.
   * @throws Error when it is refused, with the answer.
   */
  socket(path: string, options?: SocketOptions): Promise<AppSocket>;
  /** Sends one request after the other from each of many clients. The outcome is printed and recorded. */
  load(request: AppLoad): Promise<LoadResult>;
  readonly chaos: AppChaos;
}

/** Disturbs services that run on this machine; everything is restored after the test. */
export interface AppChaos {
  /** Kills a service with SIGKILL, and what it has started. It is started again by itself; see `ready`. */
  kill(service: string): Promise<void>;
  /** Suspends a service: it keeps its connections and does nothing. */
  freeze(service: string): Promise<void>;
  thaw(service: string): Promise<void>;
  /** Ends a service by SIGTERM, after five seconds by SIGKILL, and keeps it stopped. */
  stop(service: string): Promise<void>;
  /** Starts a stopped service; resolves when it is ready. */
  start(service: string): Promise<void>;
  /** Resolves when a killed service has been replaced by one that is ready. */
  ready(service: string): Promise<void>;
  /** Resets all open connections to a service. New ones are accepted, with `refuse` after {@link mendConnections}. */
  cutConnections(service: string, options?: { readonly refuse?: boolean }): Promise<void>;
  mendConnections(service: string): Promise<void>;
  /** A service's process, and how often it was started. */
  process(service: string): { readonly pid: number | undefined; readonly starts: number };
}

export interface SocketOptions extends Caller {
  readonly tenant?: AppTenant;
  readonly subprotocol?: string | readonly string[] | ((token: string) => string | readonly string[]);
  /** Sent when it is open, objects as JSON. */
  readonly first?: readonly (object | string)[] | ((token: string) => readonly (object | string)[]);
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the token is sent in the headers of the handshake; default yes. */
  readonly sendsToken?: boolean;
}

/** A message, by some of its properties, by a function, or as text. */
export type MessageMatch = object | string | RegExp | ((message: unknown) => boolean);

/** A WebSocket that collects what comes. */
export interface AppSocket {
  /** What has come, parsed where it is JSON. */
  readonly messages: readonly unknown[];
  /**
   * The first message that matches, already received or still to come.
   * @throws Error when it has not come within `timeout` milliseconds (default 5,000), or the connection has ended.
   */
  waitFor<Message = unknown>(match: MessageMatch, options?: { readonly timeout?: number }): Promise<Message>;
  /** Sends an object as JSON, and a string unchanged. */
  send(message: object | string): void;
  /** Closes it, and waits for the end. */
  close(code?: number, reason?: string): Promise<void>;
  /** Ends the connection without a closing handshake, like a lost network. */
  drop(): Promise<void>;
  /** Stops reading: messages stay on their way until `resume`. */
  pause(): void;
  resume(): void;
  /** Why the connection has ended; undefined while it is open. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
  waitForClose(timeout?: number): Promise<{ readonly code: number; readonly reason: string }>;
  /** The subprotocol that the service has chosen; empty for none. */
  readonly subprotocol: string;
  /** What was sent and received, line by line; tokens are left out. */
  readonly transcript: string;
}

export interface AppLoad extends Caller {
  /** Default GET. */
  readonly method?: string;
  /** The same for all, or by the number of the request, from 1. */
  readonly path: string | ((number: number) => string);
  readonly tenant?: AppTenant;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a string unchanged; a function makes one for each request by its number, from 1. */
  readonly body?: unknown;
  /** Concurrent clients; each sends its next request after the previous answer. Default 10. */
  readonly clients?: number;
  /** The number of requests of all clients together. */
  readonly requests?: number;
  /** Milliseconds of load, where the number of requests is not said. */
  readonly duration?: number;
}
