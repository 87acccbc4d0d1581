import { expect, test } from '@playwright/test';
import type { RunRecord } from '../record.ts';
import type { Cost } from './charge.ts';
import { listPrices } from './price-table.ts';
import { costOf, type RunCost } from './run-cost.ts';
import {
  requests,
  sampleRecord,
  type SampleShard,
  storage,
  taskTime,
} from '../../../helpers/testing/cost-performance/sample-record.ts';

const minute = 0.0123425 / 60; // of 0.25 vCPU and 0.5 GB, see fargate.test.ts
/** The precision of compared amounts; the rest is rounding. */
const digits = 12;
const none = { machine: 0, tasks: 0, requests: 0, storage: 0, total: 0 };

test('a task is billed once and divided among the tests and ledger entries it ran in', () => {
  const cost = notionalCost(
    sampleRecord(
      {
        opens: { area: 'sessions', attempts: [{ measurements: [taskTime('task-1', 6)] }] },
        'finds it warm': { area: 'sessions', attempts: [{ measurements: [taskTime('task-1', 3)] }] },
        other: { area: 'orchestration', attempts: [{ measurements: [taskTime('task-2', 90)] }] },
      },
      [{ ms: 0, workers: 1, ledger: [{ area: 'sessions', measurement: taskTime('task-1', 1) }] }],
    ),
  );

  expect(cost.tests.get('opens')!.notional).toBeCloseTo(minute * 0.6, digits);
  expect(cost.tests.get('finds it warm')!.notional).toBeCloseTo(minute * 0.3, digits);
  expect(cost.areas.get('sessions')!.notional.tasks).toBeCloseTo(minute, digits);
  expect(cost.areas.get('orchestration')!.notional.tasks).toBeCloseTo(minute * 1.5, digits);
  expect(cost.run.notional.total).toBeCloseTo(minute * 2.5, digits);
  expect(cost.billedTaskSeconds).toBe(150);
});

test('a task read in two shards and areas is billed as one', () => {
  const shard = (area: string, seconds: number): SampleShard => ({
    ms: 0,
    workers: 1,
    ledger: [{ area, measurement: taskTime('task-1', seconds) }],
  });
  const cost = notionalCost(sampleRecord({}, [shard('sessions', 15), shard('orchestration', 5)]));
  expect(cost.billedTaskSeconds).toBe(60);
  expect(cost.areas.get('sessions')!.notional.tasks).toBeCloseTo(minute * 0.75, digits);
  expect(cost.areas.get('orchestration')!.notional.tasks).toBeCloseTo(minute * 0.25, digits);
});

test('a task that ended at once is billed for a minute', () => {
  const cost = notionalCost(
    sampleRecord({
      a: { area: 'sessions', attempts: [{ measurements: [taskTime('task-1', 0), taskTime('task-1', 0)] }] },
    }),
  );
  expect(cost.tests.get('a')!.notional).toBeCloseTo(minute, digits);
});

test("a task's architecture and storage have their prices", () => {
  const cost = notionalCost(
    sampleRecord({
      a: {
        area: 'sessions',
        attempts: [
          {
            measurements: [
              taskTime('task-1', 3600, { vcpu: '1', memoryGb: '2', architecture: 'ARM64', storageGb: '30' }),
            ],
          },
        ],
      },
    }),
  );
  expect(cost.run.notional.tasks).toBeCloseTo(0.03238 + 2 * 0.00356 + 10 * 0.000111, digits);
});

test('billed cost is spent, and all other cost is notional', () => {
  const measurements = [
    taskTime('task-1', 60, { billed: 'yes' }),
    taskTime('task-2', 120),
    requests('sqs', 10, { billed: 'yes' }),
    requests('ses', 20),
    storage(2 ** 30, 73 * 3600),
  ];
  const record = sampleRecord({ a: { area: 'sessions', attempts: [{ ms: 60_000, measurements }] } }, [
    { ms: 60_000, workers: 1 },
  ]);
  const [spent, notional] = [
    costOf(record, listPrices, { machine: 'spent' }),
    costOf(record, listPrices, { machine: 'notional' }),
  ];

  expectAmounts(spent.run.spent, { machine: 0.006, tasks: minute, requests: 0.000004, storage: 0 });
  expectAmounts(spent.run.notional, { machine: 0, tasks: 2 * minute, requests: 0.002, storage: 0.03 });
  expectAmounts(notional.run.spent, { machine: 0, tasks: minute, requests: 0.000004, storage: 0 });
  expectAmounts(notional.run.notional, { machine: 0.006, tasks: 2 * minute, requests: 0.002, storage: 0.03 });
  expect(spent.tests.get('a')).toEqual({
    spent: spent.run.spent.total,
    notional: spent.run.notional.total,
    wastedByRetries: 0,
  });
});

test('a million requests of each service and a gigabyte-month cost their list price', () => {
  const million = (service: string): number =>
    notionalCost(
      sampleRecord({ a: { area: 'sessions', attempts: [{ measurements: [requests(service, 1_000_000)] }] } }),
    ).run.notional.requests;
  const month = notionalCost(
    sampleRecord({ a: { area: 'sessions', attempts: [{ measurements: [storage(1_073_741_824, 730 * 3600)] }] } }),
  ).run.notional.storage;
  const services = ['dynamodb.read', 'dynamodb.write', 'sqs', 'sqs.fifo', 'ses'];
  expect(services.map((service) => Number(million(service).toFixed(9)))).toEqual([0.125, 0.625, 0.4, 0.5, 100]);
  expect(month).toBeCloseTo(0.3, digits);
});

test('a busy worker costs its share of the machine, and areas share the idle rest', () => {
  // Two lanes for two minutes cost 0.012, and half a minute of one 0.0015.
  const cost = costOf(
    sampleRecord(
      {
        short: { area: 'databases', attempts: [{ ms: 30_000 }] },
        long: { area: 'sessions', attempts: [{ ms: 90_000 }] },
        skipped: { area: 'sessions', attempts: [{ ms: 0 }] },
        'never began': { area: 'experiments', attempts: [] },
      },
      [{ ms: 120_000, workers: 2 }],
    ),
    listPrices,
    { machine: 'spent' },
  );

  expect(cost.tests.get('short')!.spent).toBeCloseTo(0.0015, digits);
  expect(cost.tests.get('long')!.spent).toBeCloseTo(0.0045, digits);
  expect([cost.tests.get('skipped'), cost.tests.get('never began')]).toEqual([
    { spent: 0, notional: 0, wastedByRetries: 0 },
    { spent: 0, notional: 0, wastedByRetries: 0 },
  ]);
  expect(cost.areas.get('databases')!.spent.machine).toBeCloseTo(0.0015 + 0.006 / 4, digits);
  expect(cost.areas.get('sessions')!.spent.machine).toBeCloseTo(0.0045 + (0.006 * 3) / 4, digits);
  expect(cost.areas.get('experiments')).toEqual({ spent: none, notional: none, wastedByRetries: 0 });
  expect(cost.run.spent.machine).toBeCloseTo(0.012, digits);
});

test('each shard has its own machine', () => {
  const cost = notionalCost(
    sampleRecord(
      {
        here: { area: 'databases', attempts: [{ ms: 60_000 }] },
        there: { area: 'databases', attempts: [{ ms: 60_000, shard: 2 }] },
      },
      [
        { ms: 60_000, workers: 1 },
        { ms: 60_000, workers: 4 },
      ],
    ),
  );
  expect(cost.tests.get('here')!.notional).toBeCloseTo(0.006, digits);
  expect(cost.tests.get('there')!.notional).toBeCloseTo(0.0015, digits);
  expect(cost.run.notional.total).toBeCloseTo(0.012, digits);
});

test("attempts longer than the run share the machine's cost", () => {
  const cost = notionalCost(
    sampleRecord({ a: { area: 'x', attempts: [{ ms: 70_000 }] }, b: { area: 'x', attempts: [{ ms: 70_000 }] } }, [
      { ms: 60_000, workers: 2 },
    ]),
  );
  expect([cost.tests.get('a')!.notional, cost.tests.get('b')!.notional]).toEqual([0.003, 0.003]);
  expect(cost.run.notional.total).toBeCloseTo(0.006, digits);
});

test('a run without tests is charged the machine itself', () => {
  const cost = notionalCost(sampleRecord({ a: { area: 'databases', attempts: [] } }, [{ ms: 60_000, workers: 2 }]));
  expect(cost.run.notional.machine).toBeCloseTo(0.006, digits);
  expect(cost.areas).toEqual(new Map([['databases', { spent: none, notional: none, wastedByRetries: 0 }]]));
});

test("a retry's cost counts as wasted", () => {
  const cost = notionalCost(
    sampleRecord(
      {
        flaky: {
          area: 'sessions',
          attempts: [
            { ms: 30_000, measurements: [taskTime('task-1', 60), requests('ses', 1)] },
            { ms: 15_000, measurements: [taskTime('task-2', 60)] },
          ],
        },
        good: { area: 'sessions', attempts: [{ ms: 15_000, measurements: [taskTime('task-3', 60)] }] },
      },
      [{ ms: 60_000, workers: 1 }],
    ),
  );
  const wasted = 0.003 + minute + 0.0001;
  expect(cost.run.wastedByRetries).toBeCloseTo(wasted, digits);
  expect(cost.areas.get('sessions')!.wastedByRetries).toBeCloseTo(wasted, digits);
  expect(cost.tests.get('flaky')!.wastedByRetries).toBeCloseTo(wasted, digits);
  expect(cost.tests.get('flaky')!.notional).toBeCloseTo(wasted + 0.0015 + minute, digits);
  expect(cost.tests.get('good')!.wastedByRetries).toBe(0);
});

test('an item without a price is reported once, and the others are priced', () => {
  const measurements = [
    taskTime('task-1', 60),
    taskTime('task-2', 60, { vcpu: 'two' }),
    taskTime('task-3', -1),
    { ...taskTime('task-4', 60), unit: 'ms' as const },
    taskTime('task-5', 60, { billed: 'maybe' }),
    taskTime('task-6', 60, { architecture: 'RISC' }),
    { ...taskTime('task-7', 60), attributes: {} },
    requests('s3', 1),
    requests('s3', 2),
    { ...storage(1, 1), attributes: { service: 'efs' } },
    { ...storage(1, 1), attributes: { service: 'efs', seconds: '' } },
  ];
  const cost = notionalCost(sampleRecord({ a: { area: 'sessions', attempts: [{ shard: 2, measurements }] } }));
  expect(cost.unpriced).toEqual([
    'The machine of shard 2 has no price: how long it ran is not known.',
    'A measurement task.time of sessions has no price: "vcpu" is \'two\', and must be a number, 0 or more.',
    'A measurement task.time of sessions has no price: "value" is -1, and must be a number, 0 or more.',
    'A measurement task.time of sessions has no price: "unit" is \'ms\', and must be s.',
    'A measurement task.time of sessions has no price: "billed" is \'maybe\', and must be yes or no.',
    'A measurement task.time of sessions has no price: "architecture" is \'RISC\', and must be X86_64 or ARM64.',
    'A measurement task.time of sessions has no price: "task" is missing, and must be the task\'s ARN.',
    'A measurement cloud.requests of sessions has no price: "service" is \'s3\', and must be one of ' +
      'dynamodb.read, dynamodb.write, sqs, sqs.fifo, ses.',
    'A measurement cloud.storage of sessions has no price: "seconds" is missing, and must be a number, 0 or more.',
    'A measurement cloud.storage of sessions has no price: "seconds" is \'\', and must be a number, 0 or more.',
  ]);
  expect(cost.run.notional.total).toBeCloseTo(minute, digits);
});

test("the price table's date and source are in the report", () => {
  expect(notionalCost(sampleRecord({})).prices).toEqual({
    date: '2026-09',
    source: 'list prices of AWS (us-east-1) and GitHub',
  });
});

function notionalCost(record: RunRecord): RunCost {
  return costOf(record, listPrices, { machine: 'notional' });
}

function expectAmounts(found: Cost['spent'], expected: Omit<Cost['spent'], 'total'>): void {
  expect(found.machine).toBeCloseTo(expected.machine, digits);
  expect(found.tasks).toBeCloseTo(expected.tasks, digits);
  expect(found.requests).toBeCloseTo(expected.requests, digits);
  expect(found.storage).toBeCloseTo(expected.storage, digits);
  expect(found.total).toBeCloseTo(expected.machine + expected.tasks + expected.requests + expected.storage, digits);
}
