import { type Clock, systemClock } from '../../../lib/clock.ts';
import { type MetricsStore, metricsStore } from '../metrics/store.ts';
import { type VerdictPolicy, judge } from '../metrics/verdict.ts';
import { type StateMachine, stateMachine } from '../states.ts';
import { type Queue, queue } from '../store/queue.ts';
import { type ConfigurationClient, configurationClient } from './generator.ts';
import { type Steps, steps } from './steps.ts';

export interface ControllerParts {
  readonly clock: Clock;
  /** Which experiments are next, and which are unfinished. */
  readonly queue: Queue;
  /** Which state may follow which. */
  readonly stateMachine: StateMachine;
  /** The step of each state. */
  readonly steps: Steps;
  /** The client of the config generator. */
  readonly configurationClient: (url: string, secret: string) => ConfigurationClient;
  readonly metricsStore: MetricsStore;
  /** Judges the results of an experiment. */
  readonly judge: VerdictPolicy;
}

export const controllerParts: ControllerParts = {
  clock: systemClock,
  queue,
  stateMachine,
  steps,
  configurationClient,
  metricsStore,
  judge,
};
