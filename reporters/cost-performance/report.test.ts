import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { attemptKey } from '../../helpers/run/measurements/index.ts';
import { recordRun } from './collect/index.ts';
import { expect, sampleShard, test } from '../../helpers/testing/cost-performance/composed-report.ts';
import { samplePlaywrightRun } from '../../helpers/testing/cost-performance/sample-playwright-run.ts';
import { requests, taskTime } from '../../helpers/testing/cost-performance/sample-record.ts';
import { fileName, writeFiles } from './files.ts';
import { readOptions } from './options.ts';
import type { ShardRecord } from './record.ts';
import { type Report, reportOn } from './report.ts';
import {
  inventoryOf,
  sampleRun,
  type SampleRun,
  shopping,
  shoppingBefore,
  took,
  withShards,
} from '../../helpers/testing/cost-performance/sample-run.ts';

const minute = 0.0123425 / 60; // of a task with 0.25 vCPU and 0.5 GB
/** The precision of compared amounts; the rest is rounding. */
const digits = 12;
const nothingSpent = { machine: 0, tasks: 0, requests: 0, storage: 0, total: 0 };

test('tests are counted by outcome', ({ report }) => {
  const once = { area: 'shop', attempts: [{}] };
  const record = sampleRun(
    {
      'signs up': once,
      pays: once,
      searches: { area: 'shop', attempts: [{}, {}] },
      ships: once,
      'is packed': once,
      'never began': { area: 'stock', attempts: [] },
    },
    [{ ms: 1000, workers: 1 }],
    { pays: 'failed', searches: 'flaky', ships: 'skipped', 'is packed': 'failed', 'never began': 'did not run' },
  );
  const away = record.tests.map((each) =>
    each.id === 'is packed'
      ? { ...each, attempts: each.attempts.map((attempt) => ({ ...attempt, unavailable: true })) }
      : each,
  );
  const { summary } = report({ ...record, tests: away });
  expect(summary.tests).toEqual({
    total: 6,
    passed: 1,
    failed: 2,
    flaky: 1,
    skipped: 1,
    didNotRun: 1,
    unavailable: 1,
    successRate: 0.4,
  });
  expect(summary.areas.map(({ name, tests: { total, successRate } }) => ({ name, total, successRate }))).toEqual([
    { name: 'shop', total: 5, successRate: 0.5 },
    { name: 'stock', total: 1, successRate: 0 },
  ]);
});

test('measurements count, however the attempt ended', ({ report, parts }) => {
  const told = samplePlaywrightRun([
    {
      id: 'pays',
      outcome: 'flaky',
      attempts: [
        { status: 'failed', measurements: [took('shop.pay', 5)] },
        { status: 'passed', measurements: [took('shop.pay', 7)] },
      ],
    },
    { id: 'is killed', outcome: 'unexpected', attempts: [{ status: 'failed' }] },
  ]);
  const ledger = { attempts: new Map([[attemptKey({ id: 'is killed', retry: 0 }), [took('shop.pay', 9)]]]), rest: [] };
  const { summary } = report(recordRun(told, sampleShard(), ledger, parts));
  expect(summary.measurements).toMatchObject([{ area: 'shop', name: 'shop.pay', n: 3, sum: 21, median: 7, max: 9 }]);
  expect(summary.tests).toMatchObject({ total: 2, failed: 1, flaky: 1 });
});

test('a percentile needs enough samples', ({ report }) => {
  const values = (name: string, count: number) => Array.from({ length: count }, (_, index) => took(name, index + 1));
  const { summary } = report(
    sampleRun(
      {
        a: {
          area: 'shop',
          attempts: [{ measurements: [...values('few', 19), ...values('many', 99), ...values('most', 101)] }],
        },
      },
      [{ ms: 1000, workers: 1 }],
    ),
  );
  expect(
    summary.measurements.map(({ name, n, median, p95, p99, max }) => ({ name, n, median, p95, p99, max })),
  ).toEqual([
    { name: 'few', n: 19, median: 10, p95: null, p99: null, max: 19 },
    { name: 'many', n: 99, median: 50, p95: expect.closeTo(94.1, 9), p99: null, max: 99 },
    { name: 'most', n: 101, median: 51, p95: 96, p99: 100, max: 101 },
  ]);
});

test("a run's cost adds up to the cent, as notional cost", ({ report }) => {
  const { summary } = report(
    sampleRun(
      {
        'signs up': { area: 'shop', attempts: [{ ms: 15_000, measurements: [requests('sqs', 10)] }] },
        pays: {
          area: 'shop',
          attempts: [
            { ms: 30_000, measurements: [taskTime('task-1', 5)] },
            { ms: 15_000, measurements: [taskTime('task-2', 60.2)] },
          ],
        },
      },
      [{ ms: 60_000, workers: 1 }],
      { pays: 'flaky' },
    ),
  );

  // A minute of a runner; of the tasks at least one minute, and 61 s; ten of a million requests for $0.4.
  const tasks = minute * (1 + 61 / 60);
  expect(summary.cost.billedTaskSeconds).toBe(121);
  expect(summary.cost.spent, 'money spent').toEqual(nothingSpent);
  const { machine, requests: asked, storage, total } = summary.cost.notional;
  expect([machine, summary.cost.notional.tasks, asked, storage, total].map((usd) => usd.toFixed(digits))).toEqual(
    [0.006, tasks, 0.000004, 0, 0.006004 + tasks].map((usd) => usd.toFixed(digits)),
  );
  expect(summary.cost.wastedByRetries).toBeCloseTo(0.003 + minute, digits);
  const [signsUp, pays] = summary.all.map(({ cost }) => cost);
  expect(signsUp!.notional).toBeCloseTo(0.001504, digits);
  expect(pays!.notional).toBeCloseTo(0.0045 + tasks, digits);
  expect(pays!.wastedByRetries).toBeCloseTo(0.003 + minute, digits);
});

test("left-behind resources are the run's own, and unknown where no inventory was taken", ({ report }) => {
  const look = { before: inventoryOf(['shop_run1']), after: inventoryOf(['shop_run1', 'shop_run7', 'shop_run8']) };
  const inventory = (more: Partial<ShardRecord>) => report(withShards(shopping(), more)).summary.inventory;
  expect(inventory({ run: 'run7', inventory: look }).leftBehind).toEqual([{ kind: 'databases', name: 'shop_run7' }]);
  expect(inventory({ run: 'run9', inventory: look }).leftBehind).toEqual([]);
  expect(inventory({ run: 'run7' })).toEqual({ before: null, after: null, leftBehind: null });
});

test.describe('regressions', () => {
  const verdicts = ({ summary }: Report) =>
    summary.regressions.comparisons.map(({ name, verdict }) => `${name} ${verdict}`);

  test('a slower operation is reported, and no other', ({ report }) => {
    expect(verdicts(report(shopping({ pay: 1.5 }), shoppingBefore()))).toEqual(['shop.search same', 'shop.pay slower']);
  });

  test('unchanged code is reported as unchanged', ({ report }) => {
    expect(verdicts(report(shopping({ search: 1.06, pay: 1.07 }), shoppingBefore()))).toEqual([
      'shop.search same',
      'shop.pay same',
    ]);
  });

  test('a slower machine is not reported as slower code', ({ report }) => {
    const slow = report(shopping({ machine: 2.2 }), shoppingBefore());
    expect(verdicts(slow)).toEqual(['shop.search same', 'shop.pay same']);
    expect(slow.summary.regressions.machineSpeed).toBeCloseTo(2, 9);
  });

  test('a busier machine is not reported as slower code', ({ report }) => {
    const verdictsOf = (more: SampleRun) => verdicts(report(shopping(more), shoppingBefore()));
    expect(verdictsOf({ contention: 2, search: 1.7, pay: 1.7 }), 'both wait').toEqual([
      'shop.search same',
      'shop.pay same',
    ]);
    expect(verdictsOf({ contention: 2, pay: 3 }), 'slower all the same').toEqual([
      'shop.search same',
      'shop.pay slower',
    ]);
    expect(verdictsOf({ contention: 0.5, search: 0.6, pay: 0.6 }), 'neither waits').toEqual([
      'shop.search same',
      'shop.pay same',
    ]);
    expect(verdictsOf({ contention: 0.5, pay: 0.3 }), 'faster all the same').toEqual([
      'shop.search same',
      'shop.pay faster',
    ]);
    expect(verdictsOf({ contention: 1.2, pay: 1.5 }), 'little more to do').toEqual([
      'shop.search same',
      'shop.pay slower',
    ]);
    expect(report(shopping({ contention: 3 }), shoppingBefore()).summary.regressions.machineContention).toBeCloseTo(
      3,
      9,
    );
  });

  test('without a history nothing is reported as slower', ({ report }) => {
    expect(verdicts(report(shopping()))).toEqual(['shop.search insufficient samples', 'shop.pay insufficient samples']);
  });
});

test.describe('a gate', () => {
  const leftovers = { run: 'run7', inventory: { before: inventoryOf([]), after: inventoryOf(['shop_run7']) } };

  test('a failed gate reports the value found, the limit and the difference', ({ report }) => {
    const { summary } = report(
      withShards(shopping({ pay: 1.5, machine: 1.1, ms: 240_000 }, { ana: 'failed' }), leftovers),
      shoppingBefore(),
      { budget: { run: 0.01 } },
    );
    expect(summary.gates.map(({ name, state, sentence }) => ({ name, state, sentence }))).toEqual([
      {
        name: 'successRate',
        state: 'failed',
        sentence: '75 % of the tests passed, and at least 95 % must: that is 20 percentage points too few.',
      },
      {
        name: 'duration',
        state: 'failed',
        sentence:
          'The run took 4 min, and at most 2 min is allowed (2 × what such runs took, at the speed that this ' +
          'machine had): that is +100 %.',
      },
      {
        name: 'cost',
        state: 'failed',
        sentence:
          'The run cost $0.0240 ($0 spent, $0.0240 notional), and the budget is $0.01: that is $0.0140 too much.',
      },
      { name: 'regressions', state: 'failed', sentence: 'Slower than usual: shop.pay of shop (+44 %).' },
      { name: 'leftBehind', state: 'failed', sentence: 'Left behind: shop_run7 (databases).' },
    ]);
  });

  test('a gate passes when its condition holds, and is unknown without data', ({ report }) => {
    const states = ({ summary }: Report) => summary.gates.map(({ state }) => state);
    const clean = { ...leftovers, inventory: { before: inventoryOf([]), after: inventoryOf([]) } };
    expect(states(report(withShards(shopping(), clean), shoppingBefore(), { budget: { run: 0.01 } }))).toEqual([
      'passed',
      'passed',
      'passed',
      'passed',
      'passed',
    ]);
    expect(states(report(sampleRun({}, [{ ms: 0, workers: 1 }])))).toEqual([
      'unknown',
      'unknown',
      'off',
      'unknown',
      'unknown',
    ]);
  });
});

test('a history keeps every run and survives a damaged line', ({ report, parts }, testInfo) => {
  const [folder, history] = [testInfo.outputPath(), testInfo.outputPath('history.jsonl')];
  const written = report(shopping());
  const complaints = () => writeFiles(written, { folder, history, jobSummary: undefined }, parts);
  expect([complaints(), complaints()]).toEqual([[], []]);
  appendFileSync(history, '{"version":1,\n');
  expect(complaints()).toEqual([]);
  expect(JSON.parse(readFileSync(path.join(folder, `${fileName}.json`), 'utf8'))).toEqual(written.summary);

  const { summary } = reportOn(
    shopping(),
    parts.readHistory(history),
    readOptions({}, (file) => file),
    parts,
  );
  expect(summary.regressions.historyRuns).toBe(3);
  expect(summary.missing).toEqual([
    `Line 3 of the history ${history} is damaged (it is not JSON): that run is left out; delete the line to hear ` +
      'no more of it.',
  ]);
});
