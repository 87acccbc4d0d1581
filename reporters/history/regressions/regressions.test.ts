import { expect, test } from '@playwright/test';
import type { HistoryRun } from '../history-run.ts';
import { findRegressions, regressionOptionsSchema } from './index.ts';
import { type Noise, type Platform, Simulation } from '../../../helpers/testing/cost-performance/simulated-history.ts';

const noise: Noise = {
  within: 0.1,
  machine: 0.3,
  calibration: 0.03,
  contention: 0,
  shared: 0.062,
  own: 0.05,
  outliers: 3,
}; // 8 % between runs in total
const measurements = (names: number, tests = 1, samples = 10): Platform['measurements'] =>
  Object.fromEntries(Array.from({ length: names }, (_, index) => [`m${index}`, { tests, samples }]));
const changed = (history: readonly HistoryRun[], run: HistoryRun): string[] =>
  findRegressions(history, run)
    .comparisons.filter(({ verdict }) => verdict !== 'same')
    .map(({ name, verdict }) => `${name} ${verdict}`);

test.describe('unchanged code', () => {
  const noises: Readonly<Record<string, Noise>> = {
    'noise of the run': { ...noise, shared: 0.08, own: 0 },
    'noise of each measurement': { ...noise, shared: 0, own: 0.08 },
    'noise of both kinds, and of the samples': { ...noise, within: 0.3 },
    'other work on the machine': { ...noise, contention: 1 },
  };
  for (const [kind, each] of Object.entries(noises)) {
    test(`20 runs of unchanged code raise no more alarms than stated, with ${kind}`, () => {
      const alarms = seeds(3).flatMap((seed) => {
        const simulation = new Simulation({ measurements: measurements(30), noise: each }, seed);
        const runs = simulation.runs(30);
        return runs
          .slice(10)
          .map((run, index) => changed(runs.slice(0, 10 + index), run).some((change) => change.endsWith('slower')));
      });
      expect(alarms).toHaveLength(60);
      expect(alarms.filter(Boolean).length).toBeLessThanOrEqual(1);
    });
  }

  test('unchanged code raises no alarm when only some tests run', () => {
    const simulation = new Simulation({ measurements: measurements(10, 12, 5), noise }, 1);
    const history = simulation.runs(10);
    const whole = simulation.run();
    const some = Object.fromEntries(
      Object.entries(whole.tests).filter(([id]) => id.endsWith(' 10') || id.endsWith(' 11')),
    ); // the slowest ones
    const { comparisons } = findRegressions(history, { ...whole, tests: some });
    expect(comparisons.map(({ verdict, samples, historySamples }) => ({ verdict, samples, historySamples }))).toEqual(
      Array.from({ length: 10 }, () => ({ verdict: 'same', samples: 10, historySamples: 100 })),
    );
  });

  test('unchanged code raises no alarm on a machine twice as fast, even for clock-bound times', () => {
    const simulation = new Simulation({ measurements: measurements(8), noise: { ...noise, machine: 0.02 } }, 2);
    const [history, fast] = [simulation.runs(10), simulation.run()];
    const times = (run: HistoryRun, factor: number, but: string): HistoryRun['tests'] =>
      Object.fromEntries(
        Object.entries(run.tests).map(([id, each]) => [
          id,
          id.startsWith(but)
            ? each
            : {
                ...each,
                samples: Object.fromEntries(
                  Object.entries(each.samples).map(([name, values]) => [name, values.map((value) => value * factor)]),
                ),
              },
        ]),
      );
    expect(changed(history, { ...fast, calibration: fast.calibration! / 2, tests: times(fast, 1 / 2, 'm7') })).toEqual(
      [],
    );
  });
});

test.describe('a slow-down of 1.5', () => {
  test('one operation 1.5 times slower is found in 95 of 100 after 10 runs', () => {
    const found = seeds(60).map((seed) => {
      const simulation = new Simulation({ measurements: measurements(30), noise }, seed);
      return changed(simulation.runs(10), simulation.run({ m3: 1.5 })).includes('m3 slower');
    });
    expect(found.filter(Boolean).length).toBeGreaterThanOrEqual(57);
  });

  test('a slow-down of 1.5 is found more often than not when it is the only measurement', () => {
    const found = seeds(40).map((seed) => {
      const simulation = new Simulation({ measurements: measurements(1), noise: { ...noise, machine: 0.1 } }, seed);
      return changed(simulation.runs(10), simulation.run({ m0: 1.5 })).join();
    });
    expect(found.filter((each) => each === 'm0 slower').length).toBeGreaterThanOrEqual(24);
  });

  test('a slow-down of everything at once is not taken for a slow machine', () => {
    const everything = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`m${index}`, 1.5]));
    const found = seeds(20).map((seed) => {
      const simulation = new Simulation(
        { measurements: measurements(12), noise: { ...noise, machine: 0.1, shared: 0.03 } },
        seed,
      );
      return changed(simulation.runs(10), simulation.run(everything)).length;
    });
    expect(found.filter((count) => count >= 10).length).toBeGreaterThanOrEqual(19);
  });

  test('a slow-down on an overloaded machine is found when nothing else slows down', () => {
    const simulation = new Simulation(
      { measurements: measurements(8), noise: { ...noise, machine: 0.02, shared: 0.02 } },
      2,
    );
    const history = simulation.runs(10);
    const all = Object.fromEntries(Object.keys(measurements(8)).map((name) => [name, 1.5]));
    const [one, everything] = [simulation.run({ m3: 1.5 }), simulation.run(all)];
    const busy = { contention: 3 * one.contention! };
    expect(changed(history, { ...one, ...busy })).toEqual(['m3 slower']);
    expect(changed(history, everything), 'with as much as ever').toHaveLength(8);
    expect(changed(history, { ...everything, ...busy }), 'when all wait for it').toEqual([]);
  });

  test('a slow-down is reported with ratio, p-value and counts, and a speed-up likewise', () => {
    const simulation = new Simulation(
      { measurements: measurements(6, 3), noise: { ...noise, outliers: 0, own: 0.02 } },
      8,
    );
    const { comparisons, historyRuns } = findRegressions(simulation.runs(10), simulation.run({ m1: 1.5, m2: 1 / 1.5 }));
    expect(historyRuns).toBe(10);
    expect(comparisons.map(({ verdict }) => verdict)).toEqual(['same', 'slower', 'faster', 'same', 'same', 'same']);
    expect(comparisons[1]).toMatchObject({ area: 'area', name: 'm1', samples: 30, historySamples: 300 });
    expect(comparisons[1]!.ratio).toBeCloseTo(1.5, 0);
    expect(comparisons[1]!.p).toBeLessThan(0.01);
    expect(comparisons[2]!.ratio).toBeCloseTo(1 / 1.5, 1);
  });
});

test('a significant but small change is not reported', () => {
  const quiet: Noise = { within: 0.01, machine: 0, calibration: 0, contention: 0, shared: 0, own: 0.01, outliers: 0 };
  const simulation = new Simulation({ measurements: measurements(6), noise: quiet }, 1);
  const [history, run] = [simulation.runs(10), simulation.run({ m0: 1.2 })];
  expect(changed(history, run)).toEqual([]);
  expect(
    findRegressions(history, run, regressionOptionsSchema.parse({ smallestEffect: 1.1 })).comparisons[0],
  ).toMatchObject({ name: 'm0', verdict: 'slower' });
});

test.describe('insufficient samples', () => {
  const insufficient = { area: 'area', name: 'm0', verdict: 'insufficient samples', ratio: null, p: null };
  const first = (history: readonly HistoryRun[], run: HistoryRun): unknown =>
    findRegressions(history, run).comparisons[0];

  test('insufficient samples are reported: no history, few runs, few samples', () => {
    const simulation = new Simulation({ measurements: { m0: { tests: 1, samples: 5 } }, noise }, 1);
    const history = simulation.runs(5);
    const run = simulation.run();
    expect(first([], run)).toEqual({ ...insufficient, samples: 5, historySamples: 0 });
    expect(first(history.slice(1), run)).toEqual({ ...insufficient, samples: 5, historySamples: 20 });
    expect(first(history, run)).toMatchObject({ verdict: 'same', samples: 5, historySamples: 25 });
    const few = new Simulation({ measurements: { m0: { tests: 1, samples: 4 } }, noise }, 1).run();
    expect(first(history, few)).toEqual({ ...insufficient, samples: 4, historySamples: 25 });
  });

  test('a trend of insufficient samples has no band', () => {
    const simulation = new Simulation({ measurements: { m0: { tests: 1, samples: 1 } }, noise }, 1);
    const { trends } = findRegressions(simulation.runs(3), simulation.run());
    expect(trends).toEqual([
      {
        area: 'area',
        name: 'm0',
        unit: 'ms',
        medians: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
        band: null,
      },
    ]);
  });
});

test("a trend ends with this run's median, and its band is of the runs before", () => {
  const simulation = new Simulation({ measurements: measurements(6), noise }, 4);
  const [history, run] = [simulation.runs(10), simulation.run({ m0: 2 })];
  const { medians, band } = findRegressions(history, run).trends[0]!;
  const [low, high] = band!;
  expect(medians).toHaveLength(11);
  const ours = Object.values(run.tests)[0]!.samples['m0']!;
  expect(medians[10]).toBe((ours[4]! + ours[5]!) / 2);
  expect(medians.slice(0, 10).every((median) => median > low && median < high)).toBe(true);
  expect(medians[10]).toBeGreaterThan(high);
});

test("the machine's speed is reported, or that it is unknown", () => {
  const simulation = new Simulation(
    { measurements: measurements(6), noise: { ...noise, machine: 0, calibration: 0 } },
    4,
  );
  const [history, run] = [simulation.runs(10), simulation.run()];
  expect(findRegressions(history, { ...run, calibration: 60 }).machineSpeed).toBe(1.2);
  const blind = findRegressions(history, { ...run, calibration: null });
  expect([blind.machineSpeed, blind.comparisons[0]!.verdict]).toEqual([null, 'same']);
  const fresh = findRegressions(
    history.map((each) => ({ ...each, calibration: null })),
    run,
  );
  expect([fresh.machineSpeed, fresh.comparisons[0]!.verdict]).toEqual([null, 'insufficient samples']);
});

test('constant values can be compared', () => {
  const simulation = new Simulation(
    {
      measurements: measurements(6),
      noise: { within: 0, machine: 0, calibration: 0, contention: 0, shared: 0, own: 0, outliers: 0 },
    },
    1,
  );
  expect(changed(simulation.runs(10), simulation.run({ m0: 1.5 }))).toEqual(['m0 slower']);
});

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
