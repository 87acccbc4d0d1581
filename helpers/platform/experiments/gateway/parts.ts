import { randomUUID } from 'node:crypto';
import { type MetricsStore, metricsStore } from '../metrics/store.ts';
import { type StateMachine, stateMachine } from '../states.ts';
import { type Creation, creation } from '../store/creation.ts';
import { type EventLog, eventLog } from '../store/events.ts';
import { type ExperimentReader, experimentReader } from '../store/experiment-reader.ts';
import { type Clock, systemClock } from '../../../lib/clock.ts';
import { tokenVerifier, type TokenVerifier } from '../../kernel/token-verifier.ts';
import { type Access, access } from '../../kernel/tenant-access.ts';
import { realms } from '../../kernel/realms.ts';
import { type Delivery, delivery } from './delivery.ts';
import { type LoginKeys, loginKeys } from './login-limits.ts';

export interface GatewayParts {
  readonly clock: Clock;
  /** Generates ids. */
  readonly ids: { next(): string };
  /** Verifies the platform's tokens. */
  readonly tokens: (secret: string) => TokenVerifier;
  /** The keys by which login attempts are counted. */
  readonly loginKeys: LoginKeys;
  /** Decides what a user may access. */
  readonly access: Access;
  /** Applies a user's actions to an experiment. */
  readonly stateMachine: StateMachine;
  /** Writes new experiments. */
  readonly creation: Creation;
  readonly experimentReader: ExperimentReader;
  readonly eventLog: EventLog;
  readonly metricsStore: MetricsStore;
  /** Sends messages to one client. */
  readonly delivery: Delivery;
}

export const gatewayParts: GatewayParts = {
  clock: systemClock,
  ids: { next: randomUUID },
  tokens: tokenVerifier(realms.experiments),
  loginKeys,
  access,
  stateMachine,
  creation,
  experimentReader,
  eventLog,
  metricsStore,
  delivery,
};
