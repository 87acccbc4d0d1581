import { expect, test } from '@playwright/test';
import type { HistoryRun } from '../history-run.ts';
import { compare, type Finding } from './compare.ts';
import { doubtsAbout } from './doubts.ts';
import { adjustForMachine, type AdjustedSeries } from './drift.ts';
import { findRegressions, type Regressions, regressionOptionsSchema, regressionsSchema } from './index.ts';
import { type Series, seriesOf, wellSampled } from './series.ts';

const settings = regressionOptionsSchema.parse({});

type Samples = Readonly<Record<string, readonly number[]>>;

/** A run whose tests have one measurement, `time`, or that of their name after a colon: `test:time`. */
function runOf(tests: Samples, { calibration = 1, contention }: Partial<HistoryRun> = {}): HistoryRun {
  const entries = Object.entries(tests).map(([key, samples]) => {
    const [id, name = 'time'] = key.split(':');
    return [id, { area: 'api', duration: 1, cost: 0, samples: { [name]: samples } }];
  });
  return {
    version: 1,
    startedAt: '2026-01-01T00:00:00Z',
    duration: 1,
    calibration,
    ...(contention === undefined ? {} : { contention }),
    tests: Object.fromEntries(entries) as HistoryRun['tests'],
  };
}

const shiftsOf = ({ shifts }: Series, runs: readonly HistoryRun[]) =>
  runs.map((run) => {
    const shift = shifts.get(run);
    return shift && { factor: Math.round(Math.exp(shift.value) * 1000) / 1000, samples: shift.samples };
  });

test.describe('series', () => {
  test('each test is compared with itself, so that a run of some of the tests is no slower or faster', () => {
    const history = [1, 2].map(() => runOf({ quick: [10, 10], slow: [1000, 1000] }));
    const run = runOf({ quick: [20, 20] });
    const [series] = seriesOf(history, run);
    expect(series).toMatchObject({ area: 'api', name: 'time', samples: [20, 20] });
    expect(shiftsOf(series!, [...history, run])).toEqual([
      { factor: 1, samples: 2 },
      { factor: 1, samples: 2 },
      { factor: 2, samples: 2 },
    ]);
  });

  test('a test counts when half as many earlier runs have it as the most frequent one', () => {
    const often = { often: [10] };
    const history = [
      runOf({ ...often, half: [10] }),
      runOf({ ...often, half: [10], rare: [10] }),
      runOf(often),
      runOf(often),
    ];
    const run = runOf({ ...often, half: [10], rare: [10], new: [10] });
    const [series] = seriesOf(history, run);
    expect(series!.strata).toHaveLength(2);
    expect(series!.samples, 'samples of all tests').toHaveLength(4);
    expect(shiftsOf(series!, [run])).toEqual([{ factor: 1, samples: 2 }]);
  });

  test('a run without a test, or without samples of it, has no part in it', () => {
    const history = [runOf({ a: [10] }), runOf({ other: [10] }), runOf({ a: [] }), runOf({ a: [30] })];
    const run = runOf({ a: [20] });
    const [series] = seriesOf(history, run);
    expect(shiftsOf(series!, history).map((shift) => shift?.samples)).toEqual([1, undefined, undefined, 1]);
    expect(series!.strata[0]!.size).toBe(3);
  });

  test('a measurement that this run lacks is no series of it', () => {
    expect(seriesOf([runOf({ a: [10], 'b:other': [10] })], runOf({ a: [10] })).map(({ name }) => name)).toEqual([
      'time',
    ]);
    expect(seriesOf([], runOf({ a: [10] }))[0]!.strata).toEqual([]);
  });

  test('times are of a machine of the same speed, and none is below a microsecond', () => {
    const history = [runOf({ a: [10] }, { calibration: 50 }), runOf({ a: [20] }, { calibration: 100 })];
    const run = runOf({ a: [40] }, { calibration: 100 });
    expect(shiftsOf(seriesOf(history, run)[0]!, [...history, run]).map((shift) => shift!.factor)).toEqual([1, 1, 2]);
    const still = runOf({ a: [0] }, { calibration: null });
    expect(shiftsOf(seriesOf([still, still], runOf({ a: [0.001] }, { calibration: null }))[0]!, [still])).toEqual([
      { factor: 1, samples: 1 },
    ]);
  });

  test('as many runs and samples as asked for are enough, with this run among them', () => {
    const history = [1, 2, 3].map(() => runOf({ a: [1, 2] }));
    const isEnough = (run: HistoryRun, minimumRuns: number, minimumSamples: number): boolean =>
      wellSampled(seriesOf(history, run)[0]!, run, { ...settings, minimumRuns, minimumSamples });
    const run = runOf({ a: [1, 2] });
    expect([isEnough(run, 3, 2), isEnough(run, 4, 2), isEnough(run, 3, 3)]).toEqual([true, false, false]);
    expect(isEnough(runOf({ a: [1] }), 2, 2)).toBe(false);
  });
});

test.describe('the machine', () => {
  const [one, two, three, now] = [runOf({}), runOf({}), runOf({}), runOf({})] as const;
  const seriesWith = (...values: readonly number[]): Series => ({
    area: 'api',
    name: 'time',
    samples: [],
    strata: [],
    shifts: new Map([one, two, three, now].map((run, index) => [run, { value: values[index]!, samples: 5 }])),
  });
  const rounded = ({ before, now: here }: AdjustedSeries) =>
    [...before, here].map((value) => Math.round(value * 100) / 100);
  const adjusted = (series: Series, others: readonly Series[]) =>
    rounded(adjustForMachine(series, [series, ...others], now, 0.005));

  test('what the others share is taken out of each run, but not what the measurement has of its own', () => {
    const series = seriesWith(0.3, -0.1, 0, 0.9);
    expect(
      adjusted(series, [seriesWith(0.2, -0.2, 0, 0.1), ...[0.1, 0.2, 0.3].map(() => seriesWith(0.2, -0.2, 0, 0.1))]),
    ).toEqual([0.1, 0.1, 0, 0.8]);
  });

  test('fewer than four others do not show what is common', () => {
    const series = seriesWith(0.3, -0.1, 0, 0.9);
    const others = [1, 2, 3].map(() => seriesWith(0.2, -0.2, 0, 0.1));
    expect(adjusted(series, others)).toEqual([0.3, -0.1, 0, 0.9]);
  });

  test('a slow-down of everything that is beyond the earlier drift is left in', () => {
    const others = [1, 2, 3, 4].map(() => seriesWith(0.02, -0.02, 0, 0.6));
    expect(adjusted(seriesWith(0.02, -0.02, 0, 0.6), others)).toEqual([0, 0, 0, 0.6]);
  });

  test('drift is among the earlier one within an interval of one more run, around its mean', () => {
    // Mean 1 and deviation 0.1: the interval of 0.5 % on either side reaches 9.92 × 0.1 × √(4/3) = 1.146.
    const others = (value: number) => [1, 2, 3, 4].map(() => seriesWith(0.9, 1, 1.1, value));
    expect(adjusted(seriesWith(1, 1, 1, 2.14), others(2.14)).at(-1)).toBe(0);
    expect(adjusted(seriesWith(1, 1, 1, 2.15), others(2.15)).at(-1)).toBe(2.15);
    expect(adjusted(seriesWith(1, 1, 1, -0.14), others(-0.14)).at(-1)).toBe(0);
  });

  test('one earlier run shows no drift, two do', () => {
    const short = (...runs: readonly HistoryRun[]): Series => ({
      ...seriesWith(),
      shifts: new Map(runs.map((run) => [run, { value: run === one ? 0.1 : 0.2, samples: 5 }])),
    });
    const of = (...runs: readonly HistoryRun[]) =>
      adjusted(
        short(...runs),
        [1, 2, 3, 4].map(() => short(...runs)),
      );
    expect(of(one, now)).toEqual([0, 0.2]);
    expect(of(one, two, now)).toEqual([0, 0, 0]);
  });

  test('a run that the others lack has no drift', () => {
    const others = [1, 2, 3, 4].map(() => ({ ...seriesWith(), shifts: new Map([[two, { value: 0.1, samples: 5 }]]) }));
    expect(adjusted(seriesWith(0.3, 0.3, 0.3, 0.3), others)).toEqual([0.3, 0.2, 0.3, 0.3]);
  });
});

test.describe('doubts', () => {
  const history = [80, 100, 120].map((calibration) => runOf({}, { calibration, contention: calibration / 100 }));
  const doubts = (machine: Partial<HistoryRun>, effects: readonly number[] = []) =>
    doubtsAbout(
      history,
      runOf({}, machine),
      effects.map((effect): Finding => ({ effect, spread: { value: 1, freedom: 1 }, slower: 1, faster: 1 })),
      settings,
    ).map((doubt) => Math.round(Math.exp(doubt) * 100) / 100);

  test('a speed beyond all earlier ones may have to be undone, in either direction', () => {
    expect(doubts({ calibration: 180 })).toEqual([1.5]);
    expect(doubts({ calibration: 40 })).toEqual([0.5]);
    expect(doubts({ calibration: 119 })).toEqual([]);
    expect(doubts({ calibration: 81 })).toEqual([]);
  });

  test('a doubt smaller than what counts as slower is none', () => {
    expect(doubts({ calibration: 149 })).toEqual([]);
    expect(doubts({ calibration: 151 })).toEqual([1.26]);
  });

  test('load beyond half of the earlier ones may have delayed a measurement, and less load hastened it', () => {
    // The middle half is from 0.9 to 1.1.
    expect(doubts({ calibration: 100, contention: 2.2 })).toEqual([0.5]);
    expect(doubts({ calibration: 100, contention: 0.45 })).toEqual([2]);
    expect(doubts({ calibration: 100, contention: 1.2 })).toEqual([]);
  });

  test('load has delayed a measurement by no more than the others show, from four others on', () => {
    const twice = Math.log(2);
    expect(doubts({ calibration: 100, contention: 4.4 }, [twice, twice, twice, twice])).toEqual([0.5]);
    expect(doubts({ calibration: 100, contention: 4.4 }, [0, 0, 0])).toEqual([0.25]);
    expect(doubts({ calibration: 100, contention: 4.4 }, [0, 0, 0, 0])).toEqual([]);
    expect(doubts({ calibration: 100, contention: 0.225 }, [-twice, -twice, -twice, -twice])).toEqual([2]);
  });

  test('what was not measured is no doubt', () => {
    expect(doubts({ calibration: null })).toEqual([]);
    expect(doubtsAbout([runOf({}, { calibration: null })], runOf({}, { calibration: 5 }), [], settings)).toEqual([]);
  });
});

test.describe('comparing', () => {
  const earlier = [1, 2, 3, 4, 5, 6, 7, 8].map(() => runOf({}));
  const run = runOf({});
  /** Of one test with these samples: as logarithms, of each earlier run and of this one. */
  const steadied = (before: readonly number[], now: number, ours: readonly number[]): AdjustedSeries => {
    const usual = earlier.map((each) => [each, [0, 0.01, 0.02, 0.03, 0.04]] as const);
    const strata = [new Map<HistoryRun, readonly number[]>([...usual, [run, ours]])];
    return {
      series: { area: 'api', name: 'time', samples: [], strata, shifts: new Map() },
      drift: new Map(),
      before,
      now,
    };
  };
  const quiet = [0.11, 0.09, 0.1, 0.11, 0.09, 0.1, 0.11, 0.09];
  const slow = [1, 1.01, 1.02, 1.03, 1.04];

  test('the effect is over the mean of the earlier runs, and its spread that of one more run', () => {
    const [finding] = compare([steadied(quiet, 1.1, slow)], run);
    expect(finding!.effect).toBeCloseTo(1, 5);
    expect(finding!.spread.freedom).toBe(7);
    expect(finding!.spread.value).toBeCloseTo(0.0000857 * (9 / 8), 6);
  });

  test('slower are both the samples by rank and the run beyond the earlier ones', () => {
    expect(compare([steadied(quiet, 1.1, slow)], run)[0]!.slower).toBeLessThan(0.001);
    expect(compare([steadied(quiet, 1.1, [0, 0.01, 0.02, 0.03, 0.04])], run)[0]!.slower).toBeGreaterThan(0.5);
    const unsteady = quiet.map((value, index) => value + (index % 2));
    expect(compare([steadied(unsteady, 1.1, slow)], run)[0]!.slower).toBeGreaterThan(0.3);
    expect(compare([steadied(quiet, 1.1, slow)], run)[0]!.faster).toBe(1);
  });

  test('faster likewise', () => {
    const fast = slow.map((value) => -value);
    expect(compare([steadied(quiet, -0.9, fast)], run)[0]!.faster).toBeLessThan(0.001);
    expect(compare([steadied(quiet, -0.9, slow)], run)[0]!.faster).toBeGreaterThan(0.5);
    expect(compare([steadied(quiet, 0.1, fast)], run)[0]!.faster).toBeGreaterThan(0.5);
  });

  test('a drift of the machine is taken out of the samples', () => {
    const common = new Map([[run, 1]]);
    expect(compare([{ ...steadied(quiet, 1.1, slow), drift: common }], run)[0]!.slower).toBeGreaterThan(0.5);
    const before = new Map(earlier.map((each) => [each, -1]));
    const shifted = slow.map((value) => value - 0.5);
    expect(compare([{ ...steadied(quiet, 1.1, shifted), drift: before }], run)[0]!.slower).toBeGreaterThan(0.5);
  });

  test('each of many comparisons counts for less', () => {
    const others = (count: number) =>
      Array.from({ length: count }, () => steadied(quiet, 0.1, [0, 0.01, 0.02, 0.03, 0.04]));
    const among = (count: number) => compare([steadied(quiet, 1.1, slow), ...others(count)], run)[0]!.slower;
    expect(among(9) / among(4)).toBeCloseTo(10 / 5, 5);
  });

  test('runs that never differ make any difference certain, and none none', () => {
    const constant = earlier.map(() => 0.25);
    expect(compare([steadied(constant, 0.5, slow)], run)[0]!.slower).toBeLessThan(0.001);
    expect(
      compare(
        [
          steadied(
            constant,
            0,
            slow.map((value) => -value),
          ),
        ],
        run,
      )[0]!.faster,
    ).toBeLessThan(0.001);
    expect(compare([steadied(constant, 0.25, slow)], run)[0]!.slower).toBe(1);
  });

  test('a measurement that never differs hides no slow-down of another', () => {
    const constant = earlier.map(() => 0.25);
    const findings = compare([steadied(constant, 0.25, [0, 0.02, 0.04]), steadied(constant, 0.5, slow)], run);
    expect(findings.map(({ slower }) => slower < 0.001)).toEqual([false, true]);
  });
});

test.describe('verdicts', () => {
  const usual = [100, 101, 102, 103, 104];
  const times = (factor: number, jitter = 0) => usual.map((time) => time * factor + jitter);
  const names = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'];
  const all = (factors: Readonly<Record<string, number>> = {}, jitter = 0): Samples =>
    Object.fromEntries(
      names.map((name, place) => [`${name}:${name}`, times(factors[name] ?? 1, jitter * (place % 3))]),
    );
  const machine = { calibration: 50, contention: 1 };
  const history = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => runOf(all({}, index % 3), machine));
  const verdicts = (run: HistoryRun): string[] =>
    findRegressions(history, run).comparisons.map(({ verdict }) => verdict);

  test('what is slower or faster by the smallest effect is reported, and what is less is not', () => {
    expect(verdicts(runOf(all({ m0: 1.3, m1: 1 / 1.3, m2: 1.2, m3: 1 / 1.2 }), machine))).toEqual([
      'slower',
      'faster',
      'same',
      'same',
      'same',
      'same',
    ]);
  });

  test('the chance that is reported is that of the direction', () => {
    const { comparisons } = findRegressions(history, runOf(all({ m0: 1.3, m1: 1 / 1.3 }), machine));
    expect(comparisons.slice(0, 2).map(({ p }) => p! < 0.01)).toEqual([true, true]);
    expect(comparisons[0]!.ratio).toBeCloseTo(1.3, 1);
    expect(comparisons[1]!.ratio).toBeCloseTo(1 / 1.3, 1);
  });

  test('on a machine slower than ever, only what no correction explains is slower', () => {
    // Everything is corrected for a speed of half; what takes as long as ever has been hastened, or waits for a clock.
    const slowMachine = { ...machine, calibration: 100 };
    const factors = Object.fromEntries(names.map((name) => [name, 2]));
    const run = runOf(all({ ...factors, m0: 1, m1: 4 }), slowMachine);
    expect(verdicts(run)).toEqual(['same', 'slower', 'same', 'same', 'same', 'same']);
  });

  test('the speed and the load of the machine are of this run to the middle of its history', () => {
    const { machineSpeed, machineContention } = findRegressions(
      history,
      runOf(all(), { calibration: 60, contention: 1.5 }),
    );
    expect([machineSpeed, machineContention]).toEqual([1.2, 1.5]);
  });

  test('a result reads as its schema says', () => {
    const result = findRegressions(history, runOf({ ...all(), few: [1] }, machine));
    expect(regressionsSchema.parse(result)).toEqual(result);
    const refused = (change: object): boolean => !regressionsSchema.safeParse({ ...result, ...change }).success;
    const [comparison] = result.comparisons;
    const [trend] = result.trends;
    const wrong: Partial<Record<keyof Regressions, unknown>>[] = [
      { historyRuns: -1 },
      { machineSpeed: 'fast' },
      { comparisons: [{ ...comparison, verdict: 'slow' }] },
      { comparisons: [{ ...comparison, more: 1 }] },
      { trends: [{ ...trend, band: [1] }] },
      { trends: [{ ...trend, more: 1 }] },
    ];
    expect(wrong.map(refused)).toEqual(wrong.map(() => true));
    expect(refused({ more: 1 })).toBe(true);
  });
});

test('settings out of range are refused with what they may be, and their limits are in range', () => {
  const refusals = Object.entries({
    smallestEffect: [1, 'x'],
    alpha: [0, 0.21, 'x'],
    minimumRuns: [2, 3.5],
    minimumSamples: [0, 1.5],
  }).flatMap(([name, values]) =>
    values.map((value) => regressionOptionsSchema.safeParse({ [name]: value }).error?.issues[0]?.message),
  );
  expect(refusals).toEqual([
    'a factor over 1',
    'a factor over 1',
    'a chance over 0, and 0.2 at most',
    'a chance over 0, and 0.2 at most',
    'a chance over 0, and 0.2 at most',
    'a whole number, 3 or more',
    'a whole number, 3 or more',
    'a whole number, 1 or more',
    'a whole number, 1 or more',
  ]);
  const limits = { smallestEffect: 1.01, alpha: 0.2, minimumRuns: 3, minimumSamples: 1 };
  expect(regressionOptionsSchema.parse(limits)).toEqual(limits);
  expect(regressionOptionsSchema.parse({ minimumRuns: 30, minimumSamples: 100 })).toMatchObject({
    smallestEffect: 1.25,
    alpha: 0.01,
  });
});
