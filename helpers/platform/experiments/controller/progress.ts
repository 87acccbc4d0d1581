import { variants } from '../variants.ts';
import { parseDuration } from '../duration.ts';
import { reductionOf } from '../metrics/store.ts';
import type { NewEvent } from '../store/events.ts';
import { ran, type StoredExperiment } from '../store/experiment-reader.ts';
import { advance } from '../store/transitions.ts';
import type { StepContext } from './context.ts';

const quarter = 25;

/**
 * Tells each quarter of the way once, and half-way what the pipelines have reported so far.
 * Quarters that passed while nobody looked are told as one; so the last one, and the metrics, are left out only where
 * the metrics store is away when the duration is over.
 */
export async function tellProgress(
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
