import { max, median, quantile, sum } from 'd3-array';
import { histogramOf } from '../../../../reporters/cost-performance/summary/histogram.ts';
import type { Summary } from '../../../../reporters/cost-performance/summary/summary-schema.ts';
import { latencies, randomFrom } from '../random.ts';

type Measurement = Summary['measurements'][number];
type Verdict = Summary['regressions']['comparisons'][number]['verdict'];

interface Kind {
  readonly area: string;
  readonly name: string;
  readonly unit: Measurement['unit'];
  readonly n: number;
  readonly median: number;
  readonly ratio: number;
  readonly verdict: Verdict;
  readonly scope?: Measurement['scope'];
}

const kinds: readonly Kind[] = [
  { area: 'databases', name: 'postgres.acquire', unit: 'ms', n: 188, median: 0.36, ratio: 1.02, verdict: 'same' },
  { area: 'databases', name: 'postgres.restore', unit: 'ms', n: 61, median: 4.1, ratio: 0.97, verdict: 'same' },
  { area: 'databases', name: 'postgres.snapshot', unit: 'ms', n: 24, median: 9.2, ratio: 0.68, verdict: 'faster' },
  {
    area: 'databases',
    name: 'postgres.start',
    unit: 'ms',
    n: 4,
    median: 410,
    ratio: 1.04,
    verdict: 'insufficient samples',
    scope: 'worker',
  },
  { area: 'databases', name: 'clickhouse.restore', unit: 'ms', n: 42, median: 6.8, ratio: 1.05, verdict: 'same' },
  { area: 'databases', name: 'clickhouse.bytesRead', unit: 'bytes', n: 40, median: 210_000, ratio: 1, verdict: 'same' },
  { area: 'experiments', name: 'http.latency', unit: 'ms', n: 4120, median: 11, ratio: 1.03, verdict: 'same' },
  { area: 'experiments', name: 'experiment.duration', unit: 's', n: 38, median: 2.3, ratio: 1.01, verdict: 'same' },
  { area: 'experiments', name: 'updates.delay', unit: 'ms', n: 260, median: 23, ratio: 0.99, verdict: 'same' },
  {
    area: 'experiments',
    name: 'platform.start',
    unit: 'ms',
    n: 4,
    median: 1250,
    ratio: 1.1,
    verdict: 'insufficient samples',
    scope: 'worker',
  },
  { area: 'sessions', name: 'session.coldStart', unit: 's', n: 22, median: 2.9, ratio: 1.48, verdict: 'slower' },
  { area: 'sessions', name: 'session.execute', unit: 'ms', n: 74, median: 210, ratio: 1.04, verdict: 'same' },
  { area: 'sessions', name: 'mail.reply', unit: 's', n: 12, median: 3.4, ratio: 1.2, verdict: 'insufficient samples' },
  { area: 'sessions', name: 'preview.get', unit: 'ms', n: 140, median: 8.4, ratio: 1.02, verdict: 'same' },
];
const runs = 12;

export function sampleMeasurements(): Measurement[] {
  const random = randomFrom(21);
  return kinds.map(({ area, name, unit, n, median: middle, scope = 'test' }): Measurement => {
    const values = latencies(random, n, middle, name === 'http.latency' ? 0.6 : 0.3);
    return {
      area,
      name,
      unit,
      scope,
      n,
      sum: sum(values),
      median: median(values)!,
      max: max(values)!,
      p95: n < 20 ? null : quantile(values, 0.95)!,
      p99: n < 100 ? null : quantile(values, 0.99)!,
      histogram: histogramOf(values),
    };
  });
}

export function sampleRegressions(): Summary['regressions'] {
  const random = randomFrom(5);
  const known = kinds.filter(({ unit }) => unit === 'ms' || unit === 's');
  return {
    historyRuns: runs,
    machineSpeed: 1.14,
    machineContention: 1.02,
    comparisons: known.map(({ area, name, n, ratio, verdict }) =>
      verdict === 'insufficient samples'
        ? { area, name, verdict, ratio: null, p: null, samples: n, historySamples: n * runs }
        : { area, name, verdict, ratio, p: verdict === 'same' ? 1 : 0.000_4, samples: n, historySamples: n * runs },
    ),
    trends: known.map(({ area, name, unit, median: middle, ratio, verdict }) => {
      const usual = middle / ratio;
      return {
        area,
        name,
        unit,
        medians: [...latencies(random, runs, usual, 0.05), middle],
        band: verdict === 'insufficient samples' ? null : ([usual * 0.84, usual * 1.19] as [number, number]),
      };
    }),
  };
}
