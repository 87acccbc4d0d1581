import { rollup } from 'd3-array';
import type { DividedCost } from './cost/index.ts';
import type { AttemptRecord, RunRecord, TestRecord } from './record.ts';
import { geometricMean, thin } from '../../helpers/lib/statistics/index.ts';
import type { HistoryRun } from '../history/index.ts';

/** More values of one test and name enlarge the history without improving it. */
const mostSamples = 20;

/**
 * A run's entry in the history: tests that passed, with samples only of those that passed at once, because an attempt
 * after a failure finds warm caches. The times of shards on different machines are scaled to one speed by mean
 * calibration, not by the median, because a core with hyper-threading has two speeds.
 * @param cost in US dollars, spent and notional; that of a missing test is 0.
 */
export function historyEntry(record: RunRecord, cost: DividedCost): HistoryRun {
  const calibration = geometricMean(record.shards.flatMap((shard) => shard.calibration)) ?? null;
  const contention = geometricMean(record.shards.flatMap((shard) => shard.contention));
  const speeds = new Map(
    record.shards.map((shard) => [
      shard.index,
      (calibration ?? 1) / (geometricMean(shard.calibration) ?? calibration ?? 1),
    ]),
  );
  const passed = record.tests.flatMap((test) => {
    const attempt = test.attempts.findLast(({ status }) => status === 'passed');
    return attempt === undefined || !['passed', 'flaky'].includes(test.outcome) ? [] : [{ test, attempt }];
  });
  return {
    version: 1,
    startedAt: new Date(record.startedAt).toISOString(),
    ...(record.commit === undefined ? {} : { commit: record.commit }),
    duration: record.durationMs,
    calibration: calibration === null ? null : rounded(calibration),
    ...(contention === undefined ? {} : { contention: rounded(contention) }),
    starts: { shard: cost.shard, workers: Object.fromEntries(cost.worker) },
    tests: Object.fromEntries(
      passed.map(({ test, attempt }) => [
        test.id,
        {
          area: test.area,
          duration: durationOf(attempt),
          cost: cost.tests.get(test.id) ?? 0,
          samples: samplesOf(test, attempt, speeds.get(attempt.shard) ?? 1),
        },
      ]),
    ),
  };
}

/** Longer than Playwright's duration, which excludes worker fixtures. */
function durationOf({ time: { setUp, test, waiting, teardown } }: AttemptRecord): number {
  return rounded(setUp + test + waiting + teardown);
}

function samplesOf(test: TestRecord, attempt: AttemptRecord, speed: number): Record<string, number[]> {
  if (test.attempts.some(({ isRepeated }) => isRepeated)) return {};
  const times = attempt.measurements.filter(
    ({ unit, scope }) => (unit === 'ms' || unit === 's') && scope === undefined,
  );
  return Object.fromEntries(
    rollup(
      times,
      (all) => {
        const values = all.map(({ value, unit }) => value * (unit === 's' ? 1000 : 1) * speed);
        return thin(values, mostSamples).map(rounded);
      },
      ({ name }) => name,
    ),
  );
}

/** Five digits, because more are noise, and a history of some hundred tests is read at every start. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
