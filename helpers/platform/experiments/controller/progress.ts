import { variants } from '../variants.ts';
import { parseDuration } from '../duration.ts';
import { reductionOf } from '../metrics/store.ts';
import type { NewEvent } from '../store/events.ts';
import { elapsed, type StoredExperiment } from '../store/experiments.ts';
import { advance } from '../store/transitions.ts';
import type { ControllerContext } from './controller.ts';

const quarter = 25;

/**
 * Tells each quarter of the way once, and half-way what the pipelines have reported so far.
 * Quarters that passed while nobody looked are told as one; so the last one, and the metrics, are never left out.
 */
export async function tellProgress(experiment: StoredExperiment, now: Date, { pool, parts, metrics }: ControllerContext): Promise<void> {
  const duration = parseDuration(experiment.config.duration)!;
  const ran = Math.min(elapsed(experiment, now), duration);
  const progress = Math.floor((ran / duration) * (100 / quarter)) * quarter;
  if (progress <= experiment.progress) return;
  const events: Omit<NewEvent, 'experimentId'>[] = [{
    type: 'progress.update',
    data: { phase: 'running', progress_percentage: progress, estimated_completion: new Date(now.getTime() + duration - ran).toISOString(), current_step: 'collecting series' },
  }];
  if (experiment.progress < 50 && progress >= 50) {
    const found = await parts.metricsStore.summarize(metrics, { tenant: experiment.tenant, experiment: experiment.id });
    for (const variant of variants) {
      const { series, points, cpu, memory } = found[variant];
      events.push({
        type: 'metrics.update',
        data: { variant, metrics: { time_series_count: series, samples_per_second: (points / ran) * 1000, cpu_usage: cpu, memory_usage: memory }, comparison: { cardinality_reduction: reductionOf(found) } },
      });
    }
  }
  await advance(pool, experiment.id, progress, events);
}
