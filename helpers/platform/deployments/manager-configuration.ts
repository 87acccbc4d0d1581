import { defaultRequestTimes, type RequestTimes } from '../../lib/http-limits.ts';
import type { ProviderProgram } from '../../terraform/index.ts';
import type { ProcessConfiguration } from '../kernel/process.ts';

/** The configuration of a provider manager. Serializable as JSON. */
export interface ManagerConfiguration extends ProcessConfiguration {
  /** URL of the PostgreSQL database for its state. */
  readonly postgres: string;
  /** The key that signs tokens (HS256). */
  readonly secret: string;
  /** The run's folder, in which provider processes are recorded under names with this prefix. */
  readonly run: string;
  readonly recordPrefix: string;
  /** Its own folder, with those of its deployments. */
  readonly root: string;
  /** The providers that deployments may use, by name. */
  readonly providers: Readonly<Record<string, ProviderProgram>>;
  /** Whether the log has the life of every provider process, and every RPC. */
  readonly debug: boolean;
  readonly limits: { readonly bodyBytes: number };
  /** Milliseconds. */
  readonly times: {
    /** For a provider process to shake hands. */
    readonly launch: number;
    /** For a provider to answer an RPC, an apply included. */
    readonly rpc: number;
    /** For a provider to end when it is told to, before it is killed. */
    readonly close: number;
    /** For a client to send its request. */
    readonly request: RequestTimes;
  };
}

export const defaultManagerLimits: ManagerConfiguration['limits'] = { bodyBytes: 1024 * 1024 };

export const defaultManagerTimes: ManagerConfiguration['times'] = {
  launch: 60_000, // fifty at once take half of it on a busy machine with two cores
  rpc: 120_000,
  close: 2_000,
  request: defaultRequestTimes,
};
