import type { ProcessConfiguration } from '../kernel/process.ts';
import { defaultRequestTimes, type RequestTimes } from '../../lib/http-limits.ts';

/** The configuration of a platform's processes. Serializable as JSON. */
export interface PlatformConfiguration extends ProcessConfiguration {
  /** URL of the PostgreSQL database for the state. */
  readonly postgres: string;
  /** URL of the ClickHouse database for the series. */
  readonly clickhouse: string;
  /** The key that signs tokens (HS256). */
  readonly secret: string;
  /** The agents that share the pipelines. */
  readonly agents: readonly string[];
  readonly limits: {
    /** Running experiments of one tenant; others wait in the order of their creation. */
    readonly experimentsAtWork: number;
    readonly bodyBytes: number;
    /** Login attempts for one account within a minute. */
    readonly loginsPerMinute: number;
    /** Login attempts from one address within a minute, for any account. */
    readonly addressLoginsPerMinute: number;
    /** The cost of a password's hash, see `passwords.ts`. */
    readonly passwordCost: number;
  };
  /** Milliseconds. */
  readonly times: {
    /** Between two scrapes. */
    readonly scrape: number;
    /** Between two passes of an agent or the controller, unless they are woken. */
    readonly look: number;
    /** After which a silent agent loses its pipelines. */
    readonly lease: number;
    /** For an experiment to get its pipelines running, and for the last series to arrive. */
    readonly patience: number;
    /** For a statement to wait for a lock. */
    readonly lock: number;
    /** For a client of the live updates to authenticate. */
    readonly authentication: number;
    /** For a client to send its request. */
    readonly request: RequestTimes;
  };
}

/** Hashes are cheap, since the passwords protect nothing; logins are many, since a run has one address. */
export const defaultLimits: PlatformConfiguration['limits'] = {
  experimentsAtWork: 10,
  bodyBytes: 64 * 1024,
  loginsPerMinute: 10,
  addressLoginsPerMinute: 600,
  passwordCost: 1024,
};

/** Short, so that a lifecycle takes seconds. */
export const defaultTimes: PlatformConfiguration['times'] = {
  scrape: 50,
  look: 200,
  lease: 2_000,
  patience: 30_000,
  lock: 500,
  authentication: 5_000,
  request: defaultRequestTimes,
};
