import type { ClickHouseClient } from '@clickhouse/client';
import type pg from 'pg';
import type { Clock } from '../../../lib/clock.ts';
import type { Context } from '../../kernel/process.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import type { MetricsStore } from '../metrics/store.ts';
import type { VerdictPolicy } from '../metrics/verdict.ts';
import type { StoredExperiment } from '../store/experiment-reader.ts';
import type { Transition } from '../store/transitions.ts';
import type { ConfigurationClient } from './generator.ts';

/** The controller's parts that a step uses. */
interface StepParts {
  readonly clock: Clock;
  readonly metricsStore: MetricsStore;
  readonly judge: VerdictPolicy;
}

/** What a step works with. */
export interface StepContext extends Context<StepParts, PlatformConfiguration> {
  readonly pool: pg.Pool;
  readonly metrics: ClickHouseClient;
  readonly generator: ConfigurationClient;
  /** Moves an experiment on, unless another process was faster. */
  readonly move: (experiment: PendingExperiment, transition: Omit<Transition, 'at'>, db?: Queryable) => Promise<void>;
}

export type PendingExperiment = Pick<StoredExperiment, 'id' | 'tenant' | 'state'>;
