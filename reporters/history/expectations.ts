import { median, rollup, sum } from 'd3-array';
import { ratioTo } from '../../helpers/lib/statistics/index.ts';
import type { HistoryRun } from './history-run.ts';

/**
 * How long each test takes, in milliseconds by id: the median of the runs that have it. For those who balance shards.
 */
export function expectedDurations(history: readonly HistoryRun[]): Map<string, number> {
  return medians(history, ({ duration }) => duration);
}

/**
 * What a run of these tests is going to cost, in US dollars: the sum of the medians. A test that the history does not
 * have is taken for an average one; when it has less than half of them, null: that would be a guess.
 */
export function expectedCost(history: readonly HistoryRun[], testIds: readonly string[]): number | null {
  const costs = medians(history, ({ cost }) => cost);
  const known = testIds.flatMap((id) => costs.get(id) ?? []);
  return known.length === 0 || known.length * 2 < testIds.length ? null : (sum(known) * testIds.length) / known.length;
}

const fewestRuns = 5;

/**
 * How long a run of these tests takes by wall clock, in milliseconds, on a machine that is as fast and has as much else
 * to do as that of `run`: the median of the runs that had the same tests, give or take one in ten; null where there are
 * fewer than five, which may all have had bad luck. How a part of them would have spread over the workers is not known.
 */
export function baselineDuration(
  history: readonly HistoryRun[],
  testIds: readonly string[],
  run: Pick<HistoryRun, 'calibration' | 'contention'>,
): number | null {
  const wanted = new Set(testIds);
  const alike = history.filter(({ tests }) => {
    const ids = Object.keys(tests);
    const shared = ids.filter((id) => wanted.has(id)).length;
    return shared > 0 && shared >= 0.9 * (ids.length + wanted.size - shared);
  });
  return alike.length < fewestRuns
    ? null
    : median(
        alike,
        (each) =>
          each.duration *
          (ratioTo(each.calibration, run.calibration) ?? 1) *
          (ratioTo(each.contention, run.contention) ?? 1),
      )!;
}

type HistoryTest = HistoryRun['tests'][string];

function medians(history: readonly HistoryRun[], read: (test: HistoryTest) => number): Map<string, number> {
  return new Map(
    rollup(
      history.flatMap(({ tests }) => Object.entries(tests)),
      (entries) => median(entries, ([, test]) => read(test))!,
      ([id]) => id,
    ),
  );
}
