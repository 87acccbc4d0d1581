import { faultsOf } from '../fault.ts';

const fault = faultsOf('reporter');

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
