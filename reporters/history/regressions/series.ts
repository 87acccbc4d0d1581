import { group, max, mean, sum } from 'd3-array';
import type { HistoryRun } from '../history-run.ts';
import type { RegressionOptions } from './regression-options.ts';
import { biweight, weightedMedian } from '../../../helpers/lib/statistics/index.ts';

/** The measurements of one name in one area: in this run, and in earlier runs, oldest first. */
export interface Series {
  readonly area: string;
  readonly name: string;
  /** This run's samples, unadjusted, in milliseconds. */
  readonly samples: readonly number[];
  /** Only tests that both this run and the history have, so that a run of some of the tests can be compared. */
  readonly strata: readonly Stratum[];
  readonly shifts: ReadonlyMap<HistoryRun, SeriesShift>;
}

export interface SeriesShift {
  /** Logarithm of how many times slower than usual the run was. */
  readonly value: number;
  /** The number of samples behind it. */
  readonly samples: number;
}

/** The samples of one test, by run, as logarithms of milliseconds on a machine of the same speed. */
export type Stratum = ReadonlyMap<HistoryRun, readonly number[]>;

/** This run's measurements, each with its history. */
export function seriesOf(history: readonly HistoryRun[], run: HistoryRun): Series[] {
  const entries = Object.entries(run.tests).flatMap(([id, { area, samples }]) =>
    Object.keys(samples).map((name) => ({ id, area, name })),
  );
  const byName = group(
    entries,
    ({ area }) => area,
    ({ name }) => name,
  );
  return [...byName].flatMap(([area, names]) =>
    [...names].map(([name, tests]) => {
      const strata = shared(
        tests.map(({ id }) => stratumOf([...history, run], id, name)),
        run,
      );
      const samples = tests.flatMap(({ id }) => run.tests[id]!.samples[name]!);
      return { area, name, samples, strata, shifts: shiftsOf(strata, history, run) };
    }),
  );
}

/** Whether this run and enough runs of the history have enough samples. */
export function wellSampled(
  { shifts }: Series,
  run: HistoryRun,
  { minimumRuns, minimumSamples }: RegressionOptions,
): boolean {
  const runs = [...shifts].filter(([, { samples }]) => samples >= minimumSamples).map(([each]) => each);
  return runs.includes(run) && runs.length > minimumRuns;
}

function stratumOf(runs: readonly HistoryRun[], id: string, name: string): Stratum {
  const stratum = new Map<HistoryRun, number[]>();
  for (const run of runs) {
    const samples = run.tests[id]?.samples[name] ?? [];
    const speed = Math.log(run.calibration ?? 1);
    if (samples.length > 0)
      stratum.set(
        run,
        samples.map((value) => logarithm(value) - speed),
      );
  }
  return stratum;
}

/** The smallest distinguishable time is a microsecond; 0 has no logarithm. */
function logarithm(value: number): number {
  return Math.log(Math.max(value, 0.001));
}

/** Tests that few runs have show little; one counts when half as many runs have it as the most frequent one. */
function shared(strata: readonly Stratum[], run: HistoryRun): Stratum[] {
  const before = (stratum: Stratum): number => stratum.size - (stratum.has(run) ? 1 : 0);
  const most = max(strata, before) ?? 0;
  return strata.filter((stratum) => stratum.has(run) && before(stratum) > 0 && before(stratum) * 2 >= most);
}

/** Within each test a run is compared with the history's mean; over tests the median counts, weighted by samples. */
function shiftsOf(
  strata: readonly Stratum[],
  history: readonly HistoryRun[],
  run: HistoryRun,
): Map<HistoryRun, SeriesShift> {
  const levels = strata.map((stratum) => new Map([...stratum].map(([each, values]) => [each, biweight(values)])));
  const usual = levels.map((level) => mean(history.flatMap((each) => level.get(each) ?? []))!);
  return new Map(
    [...history, run].flatMap((each) => {
      const shifts = strata.flatMap((stratum, index) => {
        const values = stratum.get(each);
        return values === undefined
          ? []
          : [{ value: levels[index]!.get(each)! - usual[index]!, weight: values.length }];
      });
      return shifts.length === 0
        ? []
        : [[each, { value: weightedMedian(shifts), samples: sum(shifts, ({ weight }) => weight) }]];
    }),
  );
}
