import { randomUUID } from 'node:crypto';
import type { PlatformConfiguration } from './configuration.ts';
import { type PipelineRunner, pipelineRunner } from './experiments/agent/runner.ts';
import { type ConfigurationClient, configurationClient } from './experiments/controller/generator.ts';
import { type Steps, steps } from './experiments/controller/steps.ts';
import { type Catalogue, catalogue } from './experiments/generator/catalogue.ts';
import { type MetricsStore, metricsStore } from './experiments/metrics/store.ts';
import { type Judge, judge } from './experiments/metrics/verdict.ts';
import { type StateMachine, stateMachine } from './experiments/states.ts';
import { type Creation, creation } from './experiments/store/creation.ts';
import { type EventLog, eventLog } from './experiments/store/events.ts';
import { type ExperimentReader, experimentReader } from './experiments/store/experiments.ts';
import { type Queue, queue } from './experiments/store/queue.ts';
import { type Access, access } from './gateway/access.ts';
import { type Delivery, delivery } from './gateway/delivery.ts';
import { tokenVerifier, type TokenVerifier } from './tokens.ts';

/**
 * The ports that the local platform is composed of. Each keeps a promise that some spec checks; a fault
 * (`helpers/faults/experiments.ts`) decorates one of them so that it breaks it.
 */
export interface PlatformParts {
  readonly clock: { now(): Date };
  /** Where new ids come from. */
  readonly ids: { next(): string };
  readonly tokens: (secret: string) => TokenVerifier;
  /** Who may use and hear what. */
  readonly access: Access;
  readonly stateMachine: StateMachine;
  /** Writes new experiments. */
  readonly creation: Creation;
  readonly experimentReader: ExperimentReader;
  readonly eventLog: EventLog;
  /** Which experiments come next, and which have to be gone on with. */
  readonly queue: Queue;
  /** What the controller does in each state. */
  readonly steps: Steps;
  /** The controller's way to the config generator. */
  readonly configurationClient: (url: string) => ConfigurationClient;
  /** The generator's templates. */
  readonly catalogue: Catalogue;
  /** What an agent does with a configuration. */
  readonly pipelineRunner: PipelineRunner;
  readonly metricsStore: MetricsStore;
  readonly judge: Judge;
  /** Sends events to one client. */
  readonly delivery: Delivery;
}

export const platformParts: PlatformParts = {
  clock: { now: () => new Date() },
  ids: { next: randomUUID },
  tokens: tokenVerifier,
  access,
  stateMachine,
  creation,
  experimentReader,
  eventLog,
  queue,
  steps,
  configurationClient,
  catalogue,
  pipelineRunner,
  metricsStore,
  judge,
  delivery,
};

/** What a process of the platform is made from. */
export interface PlatformContext {
  readonly configuration: PlatformConfiguration;
  readonly parts: PlatformParts;
}
