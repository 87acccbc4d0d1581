import type { ClickHouseClient } from '@clickhouse/client';
import { nothing } from '../../platform/experiments/metrics/store.ts';
import { faultsOf, replaced } from '../fault.ts';

const fault = faultsOf('experiments');

// Promises of the reported metrics: they are the experiment's own, and unknown without their store.

export const failedMetricsAreZeros = fault(
  'metricsStore',
  'without its metrics store the platform reports that',
  (store) => ({
    summarize: (client, selection) =>
      store.summarize(client, selection).catch(() => ({ baseline: nothing, candidate: nothing })),
  }),
  'metrics.spec.ts › metrics are 503 while the metrics store is down',
);

export const kpisNeedNoMetrics = fault(
  'metricsStore',
  'without its metrics store an experiment has no results',
  (store) => ({
    kpis: (client, selection, critical) =>
      store
        .kpis(client, selection, critical)
        .catch(() => ({ cardinalityReduction: 40, latencyIncrease: 0, errorRate: 0, criticalProcessCoverage: 100 })),
  }),
  'metrics.spec.ts › an experiment stays analyzing while the metrics store is down, and completes afterwards',
);

export const ratesAreAFixedSplit = fault(
  'metricsStore',
  'the rate of a variant is that of its own samples',
  (store) => ({
    async summarize(client, selection) {
      const { baseline, candidate } = await store.summarize(client, selection);
      const points = baseline.points + candidate.points;
      return { baseline: { ...baseline, points: points * 0.6 }, candidate: { ...candidate, points: points * 0.4 } };
    },
  }),
  'lifecycle.spec.ts › scrapes are split between variants as requested',
);

export const metricsOfOtherExperimentsAreMixedIn = fault(
  'metricsStore',
  'an experiment shows only its own series',
  (store) => ({
    summarize: (client, selection) =>
      store.summarize(
        rewriting(client, 'experiment_id = {experiment: UUID}', "toString({experiment: UUID}) <> ''"),
        selection,
      ),
  }),
  'concurrency.spec.ts › five concurrent experiments keep their metrics apart',
);

export const scrapesCountTwice = fault(
  'metricsStore',
  'a scrape written twice counts once',
  (store) => ({
    summarize: (client, selection) => store.summarize(rewriting(client, ' FINAL', ''), selection),
    kpis: (client, selection, critical) => store.kpis(rewriting(client, ' FINAL', ''), selection, critical),
  }),
  'metrics.spec.ts › a scrape written by two agents counts once',
);

export const latencyNeverRises = fault(
  'metricsStore',
  'a slower candidate is reported',
  (store) => ({
    async kpis(client, selection, critical) {
      const kpis = await store.kpis(client, selection, critical);
      return kpis && { ...kpis, latencyIncrease: 0 };
    },
  }),
  "metrics.spec.ts › a slower candidate's latency is reported, and fails a latency criterion",
);

export const coverageIsAlwaysWhole = fault(
  'metricsStore',
  'a candidate that drops a critical process is reported',
  (store) => ({
    async kpis(client, selection, critical) {
      const kpis = await store.kpis(client, selection, critical);
      return kpis && { ...kpis, criticalProcessCoverage: 100 };
    },
  }),
  'metrics.spec.ts › a candidate that drops a critical process is reported, and fails a coverage criterion',
);

/** A client that replaces this text in its queries. */
function rewriting(client: ClickHouseClient, from: string, to: string): ClickHouseClient {
  const rewritten = Object.create(client) as ClickHouseClient;
  rewritten.query = (options) => client.query({ ...options, query: replaced(options.query, from, to) });
  return rewritten;
}

export const rangesIncludeTheirEnd = fault(
  'metricsStore',
  'a range of metrics ends before its end',
  (store) => ({
    summarize: (client, selection) =>
      store.summarize(client, { ...selection, to: new Date(selection.to!.getTime() + 1) }),
  }),
  'helpers/platform/experiments/metrics/store.test.ts › a range begins with its start and ends before its end',
);
