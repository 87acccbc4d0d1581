import { Id, Metrics, MetricsQuery, type VariantMetrics } from '../../contract.ts';
import type { Variant } from '../../variants.ts';
import { reductionOf, type Selection, type Summary } from '../../metrics/store.ts';
import { ran } from '../../store/experiment-reader.ts';
import type { ApiServer } from '../../../kernel/http/api-server.ts';
import type { GatewayContext } from '../context.ts';
import { ApiError } from '../../../kernel/http/errors.ts';
import { operation } from '../../../kernel/http/operation.ts';
import { findOwn } from './experiments.ts';

export function metricsRoutes(gateway: ApiServer, context: GatewayContext): void {
  gateway.get(
    '/api/v1/experiments/:id/metrics',
    {
      schema: operation(
        {
          operationId: 'getMetrics',
          summary: 'What the two pipelines have reported',
          params: Id,
          querystring: MetricsQuery,
        },
        { 200: Metrics },
        [403, 404],
      ),
    },
    async (request) => {
      const experiment = await findOwn(context, request, request.params.id);
      const { parts, metrics } = context;
      const start = new Date(request.query.start_time ?? experiment.created_at);
      const now = parts.clock.now();
      const end = new Date(request.query.end_time ?? now);
      if (start > end)
        throw ApiError.invalid({
          field: 'start_time',
          code: 'order',
          message: 'start_time must not be after end_time',
        });
      const selection: Selection = { tenant: experiment.tenant, experiment: experiment.id, from: start, to: end };
      const summaries = await parts.metricsStore.summarize(metrics, selection);
      const ranBy = (at: Date): number => ran(experiment, at < now ? at : now); // it has not run yet what is to come
      const seconds = (ranBy(end) - ranBy(start)) / 1000; // of run time within the range
      return {
        experiment_id: experiment.id,
        time_range: { start: start.toISOString(), end: end.toISOString() },
        metrics: present(summaries, seconds),
        comparison: { cardinality_reduction: reductionOf(summaries) },
      };
    },
  );
}

function present(summaries: Record<Variant, Summary>, seconds: number): Record<Variant, VariantMetrics> {
  const one = ({ series, points, cpu, memory, nodes, processes }: Summary): VariantMetrics => ({
    time_series_count: series,
    samples_per_second: seconds === 0 ? 0 : points / seconds,
    cpu_usage_percent: cpu,
    memory_usage_mb: memory,
    nodes: [...nodes],
    processes: [...processes],
  });
  return { baseline: one(summaries.baseline), candidate: one(summaries.candidate) };
}
