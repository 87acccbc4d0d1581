import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import { expect, sampleShard, test } from '../../../helpers/testing/cost-performance/composed-report.ts';
import type { SampleAttempt } from '../../../helpers/testing/cost-performance/sample-record.ts';
import { inventoryOf, sampleRun, took, withShards } from '../../../helpers/testing/cost-performance/sample-run.ts';
import type { AttemptRecord, ResourceSample, RunRecord } from '../record.ts';
import { remark } from './remark.ts';

const oneSecond = [{ ms: 1000, workers: 1 }];

/** A run of one test a name, which measured this. */
function measured(tests: Readonly<Record<string, readonly Measurement[]>>, area = 'shop'): RunRecord {
  return sampleRun(
    Object.fromEntries(Object.entries(tests).map(([id, measurements]) => [id, { area, attempts: [{ measurements }] }])),
    oneSecond,
  );
}

function times(count: number, name: string, more: Partial<Measurement> = {}): Measurement[] {
  return Array.from({ length: count }, (_, index) => ({ ...took(name, index + 1), ...more }));
}

/** All attempts of a run with this. */
function withAttempts(record: RunRecord, more: Partial<AttemptRecord>): RunRecord {
  const tests = record.tests.map((each) => ({
    ...each,
    attempts: each.attempts.map((attempt) => ({ ...attempt, ...more })),
  }));
  return { ...record, tests };
}

test('a run is described as it was', ({ report }) => {
  const record = withShards(measured({ pays: [] }), { startedAt: 5, name: 'shard 1', machine: 'a machine' });
  const run = { ...record, startedAt: Date.UTC(2026, 10, 21, 20), commit: 'abc', errors: ['no server'] };
  const late = withAttempts(run, { startedAt: run.startedAt + 70, lane: 1 });
  const { summary } = report(late, [], { title: 'main' });
  expect(summary.run).toEqual({
    title: 'main',
    hasPlaywrightReport: false,
    status: 'passed',
    startedAt: '2026-11-21T20:00:00.000Z',
    duration: 1000,
    commit: 'abc',
    shards: [{ index: 1, name: 'shard 1', workers: 1, duration: 1000, machine: 'a machine' }],
    missingShards: [],
    errors: ['no server'],
  });
  expect(summary.all[0]!.attempts, 'what there is none of is left out').toEqual([
    { status: 'passed', shard: 1, lane: 1, startedAt: 70, duration: 0, setUp: 0, isRepeated: false },
  ]);
  const plain = report(record).summary.run;
  expect([Object.keys(plain).includes('title'), Object.keys(plain).includes('commit')]).toEqual([false, false]);
});

test('the time of a run is that of all attempts, by what it was spent on', ({ report }) => {
  const attempts: SampleAttempt[] = [{ ms: 800 }, { ms: 80 }];
  const { summary } = report(sampleRun({ pays: { area: 'shop', attempts } }, oneSecond, { pays: 'flaky' }));
  const time = { setUp: 440, test: 220, waiting: 110, teardown: 110 };
  expect([summary.time, summary.areas[0]!.time, summary.all[0]!.time]).toEqual([time, time, time]);
});

test('the success rate is unknown where every test was to be skipped', ({ report }) => {
  const { tests } = report(
    sampleRun({ pays: { area: 'shop', attempts: [{}] } }, oneSecond, { pays: 'skipped' }),
  ).summary;
  expect(tests).toMatchObject({ total: 1, skipped: 1, successRate: null });
});

test('a failed test has failed for want of its environment when its attempts say so, a flaky one has not', ({
  report,
}) => {
  const twice = { area: 'shop', attempts: [{}, {}] };
  const record = sampleRun({ pays: twice, looks: twice, ships: twice }, oneSecond, {
    pays: 'flaky',
    looks: 'failed',
    ships: 'failed',
  });
  expect(report(withAttempts(record, { unavailable: true })).summary.tests).toMatchObject({ flaky: 1, unavailable: 2 });
  expect(report(record).summary.tests).toMatchObject({ failed: 2, unavailable: 0 });
});

test('measurements are described by area, name, unit and scope, in that order', ({ report }) => {
  const record = measured({
    pays: [took('b', 4), took('a', 2), { ...took('a', 3), scope: 'worker' }],
    looks: [took('a', 1), { ...took('c', 9), unit: 'bytes' }],
  });
  const ledger = [
    { area: 'desk', measurement: took('z', 7) },
    { area: 'shop', measurement: took('b', 6) },
  ];
  expect(
    report(withShards(record, { ledger })).summary.measurements.map(
      ({ area, name, unit, scope, sum }) => `${area} ${name} ${sum} ${unit} ${scope}`,
    ),
  ).toEqual(['desk z 7 ms test', 'shop a 3 ms test', 'shop a 3 ms worker', 'shop b 10 ms test', 'shop c 9 bytes test']);
});

test('the latency of an area is that of which its tests measured most', ({ report }) => {
  const latency = (measurements: readonly Measurement[]) =>
    report(measured({ pays: measurements })).summary.areas[0]!.latency;
  const most = times(20, 'shop.pay');
  const others = [
    ...times(19, 'shop.open'),
    ...times(99, 'shop.start', { scope: 'worker' }),
    ...times(99, 'shop.rows', { unit: 'count' }),
  ];
  const expected = { name: 'shop.pay', median: 10.5, p95: expect.closeTo(19.05, 9), p99: null, max: 20 };
  expect(latency([...others, ...most])).toEqual(expected);
  expect(latency(others.slice(19))).toBeNull();
  const elsewhere = measured({ 'is packed': times(99, 'stock.pack') }, 'stock');
  const both = measured({ pays: most });
  expect(report({ ...both, tests: [...elsewhere.tests, ...both.tests] }).summary.areas[1]!.latency).toEqual(expected);
});

test('the ten slowest tests and fixtures are named, the slowest first', ({ report }) => {
  const ids = Array.from({ length: 11 }, (_, index) => `test ${index}`);
  const record = sampleRun(
    Object.fromEntries(ids.map((id, index) => [id, { area: 'shop', attempts: [{ ms: index }, { ms: index }] }])),
    oneSecond,
  );
  const fixtures = [...ids.map((name, index) => ({ name, ms: index })), { name: 'test 0', ms: 100 }];
  const { slowest } = report(withAttempts(record, { fixtures })).summary;
  expect(slowest.tests.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 10));
  expect(slowest.tests[0]!.duration, 'of both attempts').toBe(10);
  expect(slowest.fixtures.map(({ name }) => name)).toEqual(['test 0', ...ids.toReversed().slice(0, 9)]);
  expect(slowest.fixtures[0]).toEqual({ name: 'test 0', n: 44, total: 2200, median: 50, max: 100 });
  const few = sampleRun(
    { pays: { area: 'shop', attempts: [{}] }, 'never began': { area: 'shop', attempts: [] } },
    oneSecond,
  );
  expect(report(few).summary.slowest.tests.map(({ id }) => id)).toEqual(['pays']);
});

test('the resources of all shards have a peak, and a shortage from 95 percent on is told', ({ report }) => {
  const sample = (at: number, more: Partial<ResourceSample> = {}): ResourceSample => ({
    at,
    cpuPercent: 50,
    memoryUsed: 40,
    memoryTotal: 100,
    diskFree: 60,
    diskTotal: 100,
    ...more,
  });
  const record = { ...measured({ pays: [] }), startedAt: 1000 };
  const resources = (...shards: readonly (readonly ResourceSample[])[]) =>
    report({
      ...record,
      shards: shards.map((samples, index) => sampleShard({ index: index + 1, resources: samples })),
    }).summary.resources;
  expect(resources([]), 'without a sample').toEqual({ samples: [], peak: null, alerts: [] });
  const high = sample(1020, { cpuPercent: 70, memoryUsed: 94, diskFree: 6, processes: 140, connections: 30 });
  const { samples, peak, alerts } = resources([sample(1010), high], [sample(1015, { processes: 90 })]);
  expect(samples.map(({ shard, at }) => [shard, at])).toEqual([
    [1, 10],
    [1, 20],
    [2, 15],
  ]);
  expect(peak).toEqual({ cpuPercent: 70, memoryPercent: 94, diskPercent: 94, processes: 140, connections: 30 });
  expect(alerts).toEqual([]);
  const full = resources([sample(0, { memoryUsed: 95, diskFree: 5 })]);
  expect(full.peak).toMatchObject({ processes: null, connections: null });
  expect(full.alerts).toEqual([
    expect.stringMatching(/^Memory was 95 % full: /),
    expect.stringMatching(/^The disk was 95 % full where the run keeps its data: /),
  ]);
});

test('calls of a platform are counted by operation and status, and an uncalled operation has none', ({ report }) => {
  const call = (api: string, operation: string, status: string, value: number): Measurement => ({
    name: 'api.calls',
    value,
    unit: 'count',
    attributes: { api, operation, status },
  });
  const attributes = { api: 'shop', operations: 'POST /orders\nGET /orders' };
  const documented: Measurement = { name: 'api.documented', value: 2, unit: 'count', attributes };
  const record = measured({
    pays: [call('desk', 'GET /', '200', 1), call('shop', 'GET /orders', '200', 3), took('shop.pay', 5)],
    looks: [call('shop', 'GET /orders', '200', 2), call('shop', 'GET /orders', '404', 1), documented],
    strays: [call('shop', 'undocumented', '404', 4), documented],
  });
  expect(report(record).summary.coverage).toEqual([
    { api: 'desk', operations: [{ operation: 'GET /', calls: { 200: 1 } }], called: 0, documented: 0 },
    {
      api: 'shop',
      operations: [
        { operation: 'GET /orders', calls: { 200: 5, 404: 1 } },
        { operation: 'POST /orders', calls: {} },
        { operation: 'undocumented', calls: { 404: 4 } },
      ],
      called: 1,
      documented: 2,
    },
  ]);
});

test('what exists is counted by kind, on all shards or not at all', ({ report }) => {
  const [first, second] = [['run1_a'], ['run1_a', 'run1_b']].map((databases) => ({
    before: inventoryOf(databases),
    after: { ...inventoryOf(databases), tasks: ['run1_task'] },
  }));
  const record = measured({ pays: [] });
  const shards = [
    sampleShard({ index: 1, run: 'run1', inventory: first }),
    sampleShard({ index: 2, run: 'run2', inventory: second }),
  ];
  const none = { databases: 0, processes: 0, folders: 0, containers: 0, tasks: 0 };
  expect(report({ ...record, shards }).summary.inventory).toEqual({
    before: { ...none, databases: 3 },
    after: { ...none, databases: 3, tasks: 2 },
    leftBehind: [{ kind: 'tasks', name: 'run1_task' }],
  });
  const unknown = { before: null, after: null, leftBehind: null };
  expect(report({ ...record, shards: [...shards, sampleShard({ index: 3 })] }).summary.inventory).toEqual(unknown);
  const [nameless] = shards.map((shard) => ({ ...shard, run: undefined }));
  expect(report({ ...record, shards: [nameless!] }).summary.inventory.leftBehind).toEqual([]);
});

test("a test's line says what it cost, its rows, and its most frequent latency", ({ report }) => {
  const billed = report(
    sampleRun({ pays: { area: 'shop', attempts: [{ ms: 60_000 }] } }, [{ ms: 60_000, workers: 1 }]),
    [],
    {
      machine: 'spent',
    },
  );
  expect(billed.summary.all[0]!.remark, 'a minute of a machine').toBe('$0.0060');
  const rows = (value: number, name = 'postgres.rowsRead') => ({ ...took(name, value), unit: 'count' as const });
  const worker = times(30, 'shop.start', { scope: 'worker' });
  expect(remark(0.0031, [])).toBe('$0.0031');
  expect(remark(0.0031, [rows(400), rows(12, 'clickhouse.rowsWritten'), rows(9, 'shop.rowsReadable'), ...worker])).toBe(
    '$0.0031 · 412 rows',
  );
  expect(remark(0, [rows(1), took('shop.open', 9), took('shop.pay', 3), took('shop.pay', 5)])).toBe(
    '$0 · 1 row · median 4.0 ms',
  );
  expect(remark(0, times(20, 'shop.pay'))).toBe('$0 · p95 19 ms');
});
