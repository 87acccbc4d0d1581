import { type Clock, systemClock } from '../../../lib/clock.ts';
import { type MetricsStore, metricsStore } from '../metrics/store.ts';
import { type Leases, leases } from '../store/pipeline-deployments.ts';
import { type PipelineRunner, pipelineRunner } from './runner.ts';

export interface AgentParts {
  readonly clock: Clock;
  /** Turns configurations into running pipelines. */
  readonly pipelineRunner: PipelineRunner;
  readonly metricsStore: MetricsStore;
  /** Which pipelines are an agent's. */
  readonly leases: Leases;
}

export const agentParts: AgentParts = { clock: systemClock, pipelineRunner, metricsStore, leases };
