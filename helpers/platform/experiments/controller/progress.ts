import { variants } from '../variants.ts';
import { parseDuration } from '../duration.ts';
import { reductionOf } from '../metrics/store.ts';
import type { NewEvent } from '../store/events.ts';
import { ran, type StoredExperiment } from '../store/experiment-reader.ts';
import { advance } from '../store/transitions.ts';
import type { StepContext } from './context.ts';

const quarter = 25;

/**
 * Publishes an event for each quarter of the duration, and at half-time the metrics so far. Quarters that passed during
 * an absence are published as one, so the last quarter and the metrics are missing only when the metrics store is
 * unavailable at the end of the duration.
 */
export async function reportProgress(
  experiment: StoredExperiment,
  now: Date,
  { pool, parts, metrics }: StepContext,
): Promise<void> {
  const duration = parseDuration(experiment.config.duration)!;
  const milliseconds = ran(experiment, now);
  const progress = Math.floor((milliseconds / duration) * (100 / quarter)) * quarter;
  if (progress <= experiment.progress) return;
  const events: Omit<NewEvent, 'experimentId'>[] = [
    {
      type: 'progress.update',
      data: {
        phase: 'running',
        progress_percentage: progress,
        estimated_completion: new Date(now.getTime() + duration - milliseconds).toISOString(),
        current_step: 'collecting series',
      },
    },
  ];
  if (experiment.progress < 50 && progress >= 50) {
    const found = await parts.metricsStore.summarize(metrics, { tenant: experiment.tenant, experiment: experiment.id });
    for (const variant of variants) {
      const { series, points, cpu, memory } = found[variant];
      events.push({
        type: 'metrics.update',
        data: {
          variant,
          metrics: {
            time_series_count: series,
            samples_per_second: (points / milliseconds) * 1000,
            cpu_usage: cpu,
            memory_usage: memory,
          },
          comparison: { cardinality_reduction: reductionOf(found) },
        },
      });
    }
  }
  await advance(pool, experiment.id, progress, events);
}
