import { faultsOf } from '../fault.ts';

const fault = faultsOf('reporter');

export const whatDidNotRunIsNotJudged = fault(
  'checkGates',
  'a run of which a part did not run fails its gate',
  (check) =>
    (summary, ...given) =>
      check({ ...summary, tests: { ...summary.tests, didNotRun: 0 } }, ...given),
  'complete.test.ts › a run that is out of time is not called passed',
);

export const theLimitItselfFails = fault(
  'checkGates',
  'a success rate of exactly the limit passes',
  (check) => (summary, options, baselines) =>
    check(summary, { ...options, successRate: options.successRate && options.successRate + 0.001 }, baselines),
  'complete.test.ts › a success rate of exactly the limit passes',
);

export const gatesCannotBeSwitchedOff = fault(
  'checkGates',
  'a gate that is switched off fails no run',
  (check) => (summary, options, baselines) => check(summary, { ...options, regressions: true }, baselines),
  'gates.test.ts › each gate can be switched off, and says nothing then',
);

export const gatesNeverFail = fault(
  'checkGates',
  'a missed gate fails the run',
  (check) =>
    (...given) =>
      check(...given).map((gate) => (gate.state === 'failed' ? { ...gate, state: 'passed', sentence: '' } : gate)),
  'report.test.ts › a gate › a failed gate reports the value found, the limit and the difference',
);

export const incompleteRunsEnterTheHistory = fault(
  'isComplete',
  'a run that was cut off is no measure for others',
  () => () => true,
  'complete.test.ts › a run that is interrupted is not called passed',
);

export const oneDamagedLineLosesTheHistory = fault(
  'readHistory',
  'a damaged line of the history affects no other run',
  (read) => (file) => {
    const { runs, problems } = read(file);
    return { runs: problems.length === 0 ? runs : [], problems };
  },
  'report.test.ts › a history keeps every run and survives a damaged line',
);

export const theHistoryKeepsOneRun = fault(
  'appendToHistory',
  'a run is added to the history',
  (append) => (file, run) => append(file, run, 1),
  'report.test.ts › a history keeps every run and survives a damaged line',
);

export const slowMachinesLookLikeRegressions = fault(
  'findRegressions',
  'a slow machine raises no alarm',
  (find) =>
    (history, run, ...options) => {
      const uncalibrated = (each: typeof run): typeof run => ({ ...each, calibration: null });
      return find(history.map(uncalibrated), uncalibrated(run), ...options);
    },
  'report.test.ts › regressions › a slower machine is not reported as slower code',
);

export const everyDifferenceIsARegression = fault(
  'findRegressions',
  'unchanged code on a noisy machine raises no alarm',
  (find) =>
    (...given) => {
      const found = find(...given);
      return {
        ...found,
        comparisons: found.comparisons.map((each) =>
          each.ratio !== null && each.ratio > 1 ? { ...each, verdict: 'slower' } : each,
        ),
      };
    },
  'report.test.ts › regressions › unchanged code is reported as unchanged',
);

export const slowDownsAreOverlooked = fault(
  'findRegressions',
  'an operation that takes 1.5 times as long is reported',
  (find) =>
    (...given) => {
      const found = find(...given);
      return {
        ...found,
        comparisons: found.comparisons.map((each) => (each.verdict === 'slower' ? { ...each, verdict: 'same' } : each)),
      };
    },
  'report.test.ts › regressions › a slower operation is reported, and no other',
);
