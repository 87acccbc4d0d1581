import path from 'node:path';
import { faultsOf, replaced } from './fault.ts';

const fault = faultsOf('reporter');

// Frequent mistakes of reports on costs and times.

export const failedTestsMeasurementsAreDropped = fault(
  'toAttempt',
  "a failed test's measurements count",
  (read) =>
    (result, ...given) => {
      const attempt = read(result, ...given);
      return attempt.status === 'passed' ? attempt : { ...attempt, measurements: [] };
    },
  'report.test.ts › measurements count, however the attempt ended',
);

export const killedTestsMeasurementsAreDropped = fault(
  'toAttempt',
  'measurements before a worker was killed count',
  (read) => (result, _, folder) => read(result, [], folder),
  'report.test.ts › measurements count, however the attempt ended',
);

export const aShardIsIgnored = fault(
  'readCompanions',
  'a merged report covers all shards',
  (read) => (folder) => {
    const { shardFiles: companions, complaints } = read(folder);
    return { shardFiles: companions.slice(0, -1), complaints };
  },
  "merged.test.ts › shards' files are merged into one report",
);

export const missingFilesAreNotTold = fault(
  'mergeRunners',
  'a merged report names what is unknown',
  (merge) =>
    (...given) => ({ ...merge(...given), remarks: [] }),
  'merged.test.ts › a file that is missing, or belongs to no blob, is named',
);

export const missingShardsAreNotNamed = fault(
  'missingShards',
  'a merge without a shard names it',
  () => () => [],
  'merged.test.ts › the tests of a missing shard did not run, and the shard is named',
);

export const testsOfMissingShardsAreForgotten = fault(
  'readCompanions',
  'the tests of a missing shard did not run',
  (read) => (folder) => {
    const { shardFiles, complaints } = read(folder);
    return { shardFiles: shardFiles.map((file) => ({ ...file, planned: [] })), complaints };
  },
  'merged.test.ts › the tests of a missing shard did not run, and the shard is named',
);

export const theOldestReportCounts = fault(
  'chooseReports',
  'of a test that was run again the newest report counts',
  () => (reports) => reports.slice(0, 1),
  'merged.test.ts › of a test that was run again the newest report counts',
);

export const emptyReportsTakeThePlaceOfOthers = fault(
  'chooseReports',
  'a test that passed and was not reached by the next run has passed',
  () => (reports) => reports.slice(-1),
  'merged.test.ts › a report that says nothing of a test takes the place of none',
);

export const setUpsOfOtherShardsAreForgotten = fault(
  'chooseReports',
  'a set-up that fails in one shard fails',
  (choose) => (reports) => choose(reports, { isSetUp: false }),
  'merged.test.ts › a set-up that every shard runs is one test, and fails where it fails in one',
);

export const replacedShardsAreStillTold = fault(
  'mergeRunners',
  'a shard that was run again and passed does not fail the merge',
  (merge) =>
    (...given) => {
      const { runners, remarks } = merge(...given);
      return { runners: runners.map((runner) => ({ ...runner, isReplaced: false })), remarks };
    },
  'merged.test.ts › of a test that was run again the newest report counts',
);

export const whatWasMetIsForgotten = fault(
  'mergeRunners',
  'what a shard met outside of its tests fails the merge until they were run again',
  (merge) =>
    (...given) => {
      const { runners, remarks } = merge(...given);
      return { runners: runners.map((runner) => ({ ...runner, isReplaced: true })), remarks };
    },
  'merged.test.ts › what a runner met is no longer so when its tests were run again, and only then',
);

export const reportsLieBesideTheConfiguration = fault(
  'places',
  "reports lie beside Playwright's",
  () => ({ html: (_, folder) => path.join(folder, 'playwright-report') }),
  'places.test.ts › reports lie beside Playwright’s when the configuration is in a subfolder',
);

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

export const incompleteRunsEnterTheHistory = fault(
  'isComplete',
  'a run that was cut off is no measure for others',
  () => () => true,
  'complete.test.ts › a run that is interrupted is not called passed',
);

export const waitingIsTakenForWork = fault(
  'toAttempt',
  'the time that a test waits is told apart from its work',
  (read) =>
    (...given) => {
      const attempt = read(...given);
      const { test, waiting } = attempt.time;
      return { ...attempt, time: { ...attempt.time, test: test + waiting, waiting: 0 } };
    },
  'attempt.test.ts › the time of an attempt is divided into set-up, work, waiting and teardown',
);

export const errorsAreCutOff = fault(
  'toAttempt',
  'the page has the whole error of a test',
  (read) =>
    (...given) => {
      const attempt = read(...given);
      return { ...attempt, errors: attempt.errors.map((error) => error.split('\n')[0]!) };
    },
  'evidence.test.ts › the page has the whole error of a test, and its steps',
);

export const stepsAreLost = fault(
  'toAttempt',
  'the page has the steps of a test',
  (read) =>
    (...given) => ({ ...read(...given), steps: [] }),
  'evidence.test.ts › the page has the whole error of a test, and its steps',
);

export const tracesAreNotLinked = fault(
  'places',
  "a trace is linked where Playwright's report has it",
  () => ({ attachment: (file) => `data/${path.basename(file)}` }),
  "evidence.test.ts › a trace is linked where Playwright's report has it, else where it is",
);

export const everyFileIsOpen = fault(
  'renderPage',
  'the page of many tests is a page',
  (render) => (summary) => replaced(render(summary), '<details class="group"', '<details class="group" open'),
  'evidence.test.ts › the files of more than a hundred tests are closed',
);

export const theHeadingForgetsWhatDidNotRun = fault(
  'renderPage',
  'the heading says how many tests did not run',
  (render) => (summary) => render({ ...summary, tests: { ...summary.tests, didNotRun: 0 } }),
  'complete.test.ts › a run that stops at its first failure is not called passed',
);

export const skippedTestsCountAsPassed = fault(
  'countTests',
  'a skipped test does not count as passed',
  (count) => (tests) =>
    count(tests.map((each) => (each.outcome === 'skipped' ? { ...each, outcome: 'passed' } : each))),
  'report.test.ts › tests are counted by outcome',
);

export const fewSamplesHaveAPercentile = fault(
  'describeMeasurements',
  'few samples have no percentile',
  (describe) => (record) =>
    describe(record).map((measurement) => ({
      ...measurement,
      p95: measurement.p95 ?? measurement.max,
      p99: measurement.p99 ?? measurement.max,
    })),
  'report.test.ts › a percentile needs enough samples',
);

export const leftoversAreOverlooked = fault(
  'summarizeInventory',
  "a run's leftovers are reported",
  (summarize) => (record) => ({ ...summarize(record), leftBehind: [] }),
  "report.test.ts › left-behind resources are the run's own, and unknown where no inventory was taken",
);

export const othersLeftoversAreTold = fault(
  'summarizeInventory',
  "another run's resources are not reported as leftovers",
  (summarize) => (record) => summarize({ ...record, shards: record.shards.map((shard) => ({ ...shard, run: '' })) }),
  "report.test.ts › left-behind resources are the run's own, and unknown where no inventory was taken",
);

export const notLookingIsFindingNothing = fault(
  'summarizeInventory',
  'what could not be checked is not reported as clean',
  (summarize) => (record) => {
    const { leftBehind, ...counts } = summarize(record);
    return { ...counts, leftBehind: leftBehind ?? [] };
  },
  "report.test.ts › left-behind resources are the run's own, and unknown where no inventory was taken",
);

export const tasksAreBilledByTheSecond = fault(
  'billedSeconds',
  'a task is billed for at least a minute',
  () => (seconds) => Math.ceil(seconds),
  "report.test.ts › a run's cost adds up to the cent, as notional cost",
);

export const costsAreRoundedForEachTest = fault(
  'costOf',
  'the cost of a test is not rounded',
  (costOf) =>
    (...given) => {
      const cost = costOf(...given);
      const cents = (usd: number): number => Number(usd.toFixed(2));
      return {
        ...cost,
        tests: new Map(
          [...cost.tests].map(([id, { spent, notional, wastedByRetries }]) => [
            id,
            { spent: cents(spent), notional: cents(notional), wastedByRetries: cents(wastedByRetries) },
          ]),
        ),
      };
    },
  "report.test.ts › a run's cost adds up to the cent, as notional cost",
);

export const retriesAreCountedOnce = fault(
  'costOf',
  'every attempt of a test costs something',
  (costOf) =>
    (record, ...given) =>
      costOf(
        { ...record, tests: record.tests.map((each) => ({ ...each, attempts: each.attempts.slice(-1) })) },
        ...given,
      ),
  "report.test.ts › a run's cost adds up to the cent, as notional cost",
);

export const retriesAreNoWaste = fault(
  'costOf',
  'repeated work of retries is reported as wasted',
  (costOf) =>
    (...given) => {
      const cost = costOf(...given);
      return { ...cost, run: { ...cost.run, wastedByRetries: 0 } };
    },
  "report.test.ts › a run's cost adds up to the cent, as notional cost",
);

export const notionalIsTakenForSpent = fault(
  'costOf',
  'the price of a local run is not counted as spent',
  (costOf) => (record, prices, options) => costOf(record, prices, { ...options, machine: 'spent' }),
  "report.test.ts › a run's cost adds up to the cent, as notional cost",
);

export const estimatesAreOfEveryTest = fault(
  'expectedCost',
  'the estimate covers the tests that are going to run',
  (expectedCost) => (history, run) =>
    expectedCost(history, { ...run, tests: [...new Set(history.flatMap(({ tests }) => Object.keys(tests)))] }),
  'estimate.test.ts › the estimate for a run of one area is within a tenth of its cost',
);

export const shardsStartForNothing = fault(
  'expectedCost',
  'every shard has a start of its own, which costs',
  (expectedCost) => (history, run) => expectedCost(history, { ...run, shards: 1 }),
  'estimate.test.ts › the estimate for a run in four shards is within a tenth of its cost',
);

export const workersStartForNothing = fault(
  'expectedCost',
  'every worker starts what its tests need, which costs',
  (expectedCost) => (history, run) => expectedCost(history, { ...run, workers: new Map() }),
  'estimate.test.ts › the estimate for a run in two shards is within a tenth of its cost',
);

export const theDiskOfTheCheckoutIsWatched = fault(
  'dataFolder',
  'a disk that fills up where the run keeps its data is noticed',
  () => () => process.cwd(),
  'estimate.test.ts › the disk that is watched is the one that the run fills',
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

export const gatesNeverFail = fault(
  'checkGates',
  'a missed gate fails the run',
  (check) =>
    (...given) =>
      check(...given).map((gate) => (gate.state === 'failed' ? { ...gate, state: 'passed', sentence: '' } : gate)),
  'report.test.ts › a gate › a failed gate reports the value found, the limit and the difference',
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
