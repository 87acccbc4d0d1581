import { faultsOf } from '../fault.ts';

const fault = faultsOf('reporter');

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

export const theDiskOfTheCheckoutIsWatched = fault(
  'dataFolder',
  'a disk that fills up where the run keeps its data is noticed',
  () => () => process.cwd(),
  'estimate.test.ts › the disk that is watched is the one that the run fills',
);
