import { fault } from './fault.ts';

// What a report of costs and times is easily wrong about.

const test = 'report.test.ts';

export const failedTestsMeasurementsAreDropped = fault(
  'reporter',
  'toAttempt',
  'what a failed test measured counts',
  (read) => (result, unsettled) => {
    const attempt = read(result, unsettled);
    return attempt.status === 'passed' ? attempt : { ...attempt, measurements: [] };
  },
  test,
);

export const killedTestsMeasurementsAreDropped = fault(
  'reporter',
  'toAttempt',
  'what a test measured before its worker was killed counts',
  (read) => (result) => read(result, []),
  test,
);

export const aShardIsIgnored = fault(
  'reporter',
  'readCompanions',
  'a merged report is of all shards',
  (read) => (folder) => {
    const { shardFiles: companions, complaints } = read(folder);
    return { shardFiles: companions.slice(0, -1), complaints };
  },
  test,
);

export const missingShardsAreNotTold = fault(
  'reporter',
  'readCompanions',
  'a merged report says what it does not know',
  (read) => (folder) => ({ ...read(folder), complaints: [] }),
  test,
);

export const skippedTestsCountAsPassed = fault(
  'reporter',
  'countTests',
  'a test that was skipped has not passed',
  (count) => (tests) =>
    count(tests.map((each) => (each.outcome === 'skipped' ? { ...each, outcome: 'passed' } : each))),
  test,
);

export const fewSamplesHaveAPercentile = fault(
  'reporter',
  'describeMeasurements',
  'few samples have no percentile',
  (describe) => (record) =>
    describe(record).map((measurement) => ({
      ...measurement,
      p95: measurement.p95 ?? measurement.max,
      p99: measurement.p99 ?? measurement.max,
    })),
  test,
);

export const leftoversAreOverlooked = fault(
  'reporter',
  'summarizeInventory',
  'what a run leaves behind is named',
  (summarize) => (record) => ({ ...summarize(record), leftBehind: [] }),
  test,
);

export const othersLeftoversAreTold = fault(
  'reporter',
  'summarizeInventory',
  'what another run has is not left behind by this one',
  (summarize) => (record) => summarize({ ...record, shards: record.shards.map((shard) => ({ ...shard, run: '' })) }),
  test,
);

export const notLookingIsFindingNothing = fault(
  'reporter',
  'summarizeInventory',
  'where nobody could look, nothing is said to be clean',
  (summarize) => (record) => {
    const { leftBehind, ...counts } = summarize(record);
    return { ...counts, leftBehind: leftBehind ?? [] };
  },
  test,
);

export const tasksAreBilledByTheSecond = fault(
  'reporter',
  'billedSeconds',
  'a task is billed for a minute at least',
  () => (seconds) => Math.ceil(seconds),
  test,
);

export const costsAreRoundedForEachTest = fault(
  'reporter',
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
  test,
);

export const retriesAreCountedOnce = fault(
  'reporter',
  'costOf',
  'every attempt of a test costs something',
  (costOf) =>
    (record, ...given) =>
      costOf(
        { ...record, tests: record.tests.map((each) => ({ ...each, attempts: each.attempts.slice(-1) })) },
        ...given,
      ),
  test,
);

export const retriesAreNoWaste = fault(
  'reporter',
  'costOf',
  'what retries repeat is told as wasted',
  (costOf) =>
    (...given) => {
      const cost = costOf(...given);
      return { ...cost, run: { ...cost.run, wastedByRetries: 0 } };
    },
  test,
);

export const notionalIsTakenForSpent = fault(
  'reporter',
  'costOf',
  'what a local run would have cost is no money spent',
  (costOf) => (record, prices, options) => costOf(record, prices, { ...options, machine: 'spent' }),
  test,
);

export const estimatesAreOfEveryTest = fault(
  'reporter',
  'expectedCost',
  'the estimate is of the tests that are going to run',
  (expectedCost) => (history) =>
    expectedCost(history, [...new Set(history.flatMap(({ tests }) => Object.keys(tests)))]),
  test,
);

export const slowMachinesLookLikeRegressions = fault(
  'reporter',
  'findRegressions',
  'a slow machine raises no alarm',
  (find) =>
    (history, run, ...options) => {
      const uncalibrated = (each: typeof run): typeof run => ({ ...each, calibration: null });
      return find(history.map(uncalibrated), uncalibrated(run), ...options);
    },
  test,
);

export const everyDifferenceIsARegression = fault(
  'reporter',
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
  test,
);

export const slowDownsAreOverlooked = fault(
  'reporter',
  'findRegressions',
  'an operation that takes 1.5 times as long is told',
  (find) =>
    (...given) => {
      const found = find(...given);
      return {
        ...found,
        comparisons: found.comparisons.map((each) => (each.verdict === 'slower' ? { ...each, verdict: 'same' } : each)),
      };
    },
  test,
);

export const gatesNeverFail = fault(
  'reporter',
  'checkGates',
  'a gate that a run misses fails it',
  (check) =>
    (...given) =>
      check(...given).map((gate) => (gate.state === 'failed' ? { ...gate, state: 'passed', sentence: '' } : gate)),
  test,
);

export const oneDamagedLineLosesTheHistory = fault(
  'reporter',
  'readHistory',
  'a damaged line of the history costs no other run',
  (read) => (file) => {
    const { runs, problems } = read(file);
    return { runs: problems.length === 0 ? runs : [], problems };
  },
  test,
);

export const theHistoryKeepsOneRun = fault(
  'reporter',
  'appendToHistory',
  'a run is added to those before it',
  (append) => (file, run) => append(file, run, 1),
  test,
);
