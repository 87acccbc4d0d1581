import type { ProcessConfiguration } from '../kernel/process.ts';
import { defaultRequestTimes, type RequestTimes } from '../../lib/http-limits.ts';

/** What the processes of a platform are told when they start. Goes through JSON. */
export interface PlatformConfiguration extends ProcessConfiguration {
  /** Address of the PostgreSQL database that holds the state. */
  readonly postgres: string;
  /** Address of the ClickHouse database that holds the series. */
  readonly clickhouse: string;
  /** Signs tokens (HS256). */
  readonly secret: string;
  /** Names of the agents among which pipelines are divided. */
  readonly agents: readonly string[];
  readonly limits: {
    /** Experiments of one tenant that are at work at a time; others wait in the order of their creation. */
    readonly experimentsAtWork: number;
    readonly bodyBytes: number;
    /** Attempts to log in to one account within a minute. */
    readonly loginsPerMinute: number;
    /** Attempts to log in from one address within a minute, whatever the account. */
    readonly addressLoginsPerMinute: number;
    /** What a password's hash costs, see `passwords.ts`. */
    readonly passwordCost: number;
  };
  /** Milliseconds. */
  readonly times: {
    /** Between two scrapes. */
    readonly scrape: number;
    /** Between two looks of an agent or the controller when nobody calls them. */
    readonly look: number;
    /** After which an agent that is not heard of loses its pipelines. */
    readonly lease: number;
    /** For an experiment to get its pipelines running, and for the last series to arrive. */
    readonly patience: number;
    /** For a statement to wait for somebody else's lock. */
    readonly lock: number;
    /** For a client of the live updates to say who it is. */
    readonly authentication: number;
    /** For a client to say what it wants. */
    readonly request: RequestTimes;
  };
}

/**
 * A hash is cheap here: the passwords are ours, and nobody's. All that a run asks comes from one address, which
 * therefore has many attempts.
 */
export const defaultLimits: PlatformConfiguration['limits'] = {
  experimentsAtWork: 10,
  bodyBytes: 64 * 1024,
  loginsPerMinute: 10,
  addressLoginsPerMinute: 600,
  passwordCost: 1024,
};

/** So that a lifecycle takes seconds. */
export const defaultTimes: PlatformConfiguration['times'] = {
  scrape: 50,
  look: 200,
  lease: 2_000,
  patience: 30_000,
  lock: 500,
  authentication: 5_000,
  request: defaultRequestTimes,
};
