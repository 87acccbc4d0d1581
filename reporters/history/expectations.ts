import { median, rollup, sum } from 'd3-array';
import { ratioTo } from '../../helpers/lib/statistics/index.ts';
import type { HistoryRun } from './history-run.ts';

/** The expected duration of each test, in milliseconds by id: the median of the runs that have it. */
export function expectedDurations(history: readonly HistoryRun[]): Map<string, number> {
  return medians(history, ({ duration }) => duration);
}

/** The run whose cost is expected. */
export interface ExpectedRun {
  /** Ids. */
  readonly tests: readonly string[];
  readonly shards: number;
  /** How many workers have tests of an area. */
  readonly workers: ReadonlyMap<string, number>;
}

/**
 * The expected cost of a run, in US dollars: the medians of its tests, and of what its shards and workers start. An
 * unknown test counts as an average one; null when less than half of the tests are known.
 */
export function expectedCost(history: readonly HistoryRun[], { tests, shards, workers }: ExpectedRun): number | null {
  // Older versions' costs of tests include their share of starts.
  const divided = history.filter(({ starts }) => starts !== undefined);
  const costs = medians(divided.length > 0 ? divided : history, ({ cost }) => cost);
  const known = tests.flatMap((id) => costs.get(id) ?? []);
  if (known.length === 0 || known.length * 2 < tests.length) return null;
  const ofTests = (sum(known) * tests.length) / known.length;
  const usual = (read: (starts: NonNullable<HistoryRun['starts']>) => number | undefined): number =>
    median(divided, ({ starts }) => read(starts!)) ?? 0;
  const ofWorkers = sum(workers, ([area, count]) => count * usual((starts) => starts.workers[area]));
  return ofTests + ofWorkers + shards * usual(({ shard }) => shard);
}

const fewestRuns = 5;

/**
 * The expected wall-clock duration of a run of these tests, in milliseconds, on a machine with the speed and load of
 * that of `run`: the median of the runs with the same tests, within one in ten; null when there are fewer than five.
 * Runs of other tests are ignored, because their division among workers is unknown.
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
