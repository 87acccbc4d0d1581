import { maxIndex } from 'd3-array';
import type { RunCost } from '../cost/index.ts';
import type { RunRecord } from '../record.ts';
import { summarizeCoverage } from './coverage.ts';
import { summarizeInventory } from './inventory.ts';
import { describeMeasurements } from './measurements.ts';
import type { Presentation } from './presentation.ts';
import { summarizeResources } from './resources.ts';
import type { Summary } from './summary-schema.ts';
import { findSlowest } from './slowest.ts';
import { summarizeTest } from './test.ts';
import { countTests, sumTime } from './tests.ts';

/** Results that are computed elsewhere. */
export interface Findings {
  readonly cost: RunCost;
  readonly regressions: Summary['regressions'];
  /** The expected US dollars by the history, and the budget. */
  readonly estimate: number | null;
  readonly budget: number | null;
  readonly presentation: Presentation;
}

/** How a run is counted and described. */
export interface SummaryParts {
  readonly countTests: typeof countTests;
  readonly describeMeasurements: typeof describeMeasurements;
  readonly summarizeInventory: typeof summarizeInventory;
}

export const summaryParts: SummaryParts = { countTests, describeMeasurements, summarizeInventory };

/** The summary of a run, except for its gates, which judge it. */
export function summarize(
  record: RunRecord,
  { cost, regressions, estimate, budget, presentation }: Findings,
  parts: SummaryParts,
): Omit<Summary, 'gates'> {
  const { tests } = record;
  const measurements = parts.describeMeasurements(record);
  const areas = [...new Set(tests.map(({ area }) => area))];
  return {
    version: 1,
    run: {
      ...(presentation.title === undefined ? {} : { title: presentation.title }),
      hasPlaywrightReport: presentation.hasPlaywrightReport,
      status: record.status,
      startedAt: new Date(record.startedAt).toISOString(),
      duration: record.durationMs,
      ...(record.commit === undefined ? {} : { commit: record.commit }),
      shards: record.shards.map(({ index, name, workers, durationMs, machine }) => ({
        index,
        name,
        workers,
        duration: durationMs,
        machine,
      })),
      missingShards: [...record.missingShards],
      errors: [...record.errors],
    },
    tests: parts.countTests(tests),
    time: sumTime(tests),
    areas: areas.map((name) => {
      const own = tests.filter(({ area }) => area === name);
      return {
        name,
        tests: parts.countTests(own),
        time: sumTime(own),
        cost: cost.areas.get(name)!,
        latency: mainLatency(measurements.filter(({ area }) => area === name)),
      };
    }),
    measurements,
    slowest: findSlowest(tests),
    resources: summarizeResources(record),
    coverage: summarizeCoverage(record),
    cost: { ...cost.run, prices: cost.prices, estimate, budget, billedTaskSeconds: cost.billedTaskSeconds },
    regressions,
    inventory: parts.summarizeInventory(record),
    missing: [...record.missing, ...cost.unpriced],
    all: tests.map((test) => summarizeTest(test, record.startedAt, cost, presentation)),
  };
}

/** The most frequent latency of an area's tests. */
function mainLatency(measurements: Summary['measurements']): Summary['areas'][number]['latency'] {
  const times = measurements.filter(({ unit, scope }) => unit === 'ms' && scope === 'test');
  const most = times[maxIndex(times, ({ n }) => n)];
  if (most === undefined) return null;
  const { name, median, p95, p99, max } = most;
  return { name, median, p95, p99, max };
}
