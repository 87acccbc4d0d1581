import { signalGroup, stopGroup } from '../run/processes/index.ts';
import { type Matching, matches } from './matching.ts';
import { freePort, listenerOn } from './services/ports.ts';
import { type Readiness, readiness } from './services/readiness.ts';
import { type Signing, signing } from './tenant-tokens.ts';

/** The parts that a fault (`helpers/faults/app.ts`) breaks. */
export interface AppParts {
  readonly ports: Ports;
  readonly readiness: Readiness;
  readonly ending: Ending;
  readonly signing: Signing;
  /** What a socket's message is compared by. */
  readonly matches: Matching;
  readonly between: BetweenTests;
}

/** How a service's port is chosen. */
export interface Ports {
  choose(): Promise<number>;
  /** Whether something answers at a port, which would be taken for the service. */
  isTaken(port: number): Promise<boolean>;
}

/** How a service is ended, with all that it has started. */
export interface Ending {
  /** Signals the leader of a group and its group. */
  signal(leader: number | undefined, signal: NodeJS.Signals): void;
  /** First asks it to end. */
  stop(leader: number): Promise<void>;
}

/** Milliseconds for a service to end by itself. */
const patience = 5_000;

/** What is put back between tests. */
export interface BetweenTests {
  /** Resumes, starts and mends what a test has disturbed. */
  restore(services: { restore(): Promise<void> }): Promise<void>;
  /** Whether a test begins with pristine databases. */
  readonly putsBack: boolean;
  /** Whether what its tenants have is removed after a test. */
  readonly removesTenants: boolean;
}

export const appParts: AppParts = {
  ports: { choose: freePort, isTaken: async (port) => (await listenerOn(port)) !== undefined },
  readiness,
  ending: { signal: signalGroup, stop: (leader) => stopGroup(leader, 'SIGTERM', patience) },
  signing,
  matches,
  between: { restore: (services) => services.restore(), putsBack: true, removesTenants: true },
};
