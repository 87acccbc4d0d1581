/** Sample summaries for the tests of the writers: a rich run, and a run interrupted before any test. */
import { max, rollup, sum } from 'd3-array';
import { summarySchema, type Summary } from '../../../../reporters/cost-performance/summary/summary-schema.ts';
import { durationOf, type Test } from '../../../../reporters/cost-performance/writers/words.ts';
import { randomFrom } from '../random.ts';
import { sampleMeasurements, sampleRegressions } from './measured.ts';
import { sampleTests } from './sample-tests.ts';

type Amounts = Summary['cost']['spent'];

const nothing: Amounts = { machine: 0, tasks: 0, requests: 0, storage: 0, total: 0 };
const telling: Readonly<Record<string, string>> = {
  databases: 'postgres.acquire',
  experiments: 'http.latency',
  sessions: 'session.coldStart',
};

/**
 * 150 tests in three areas, on two shards with two workers each; three fail, one is flaky, one measurement is slower.
 * @param times how many times as many tests there are.
 */
export function richSummary(times = 1): Summary {
  const all = sampleTests(times);
  const duration =
    max(
      all.flatMap(({ attempts }) => attempts),
      (attempt) => attempt.startedAt + attempt.duration,
    )! + 640;
  const measurements = sampleMeasurements();
  const areas = Array.from(
    rollup(
      all,
      (tests) => tests,
      ({ area }) => area,
    ),
    ([name, tests]) => {
      const latency = measurements.find(
        (measurement) => measurement.area === name && measurement.name === telling[name],
      )!;
      return {
        name,
        tests: testsOf(tests),
        time: timeOf(tests),
        cost: costOf(tests),
        latency: { name: latency.name, median: latency.median, p95: latency.p95, p99: latency.p99, max: latency.max },
      };
    },
  );
  const idle = 0.000_41;
  const cost = costOf(all);
  return summarySchema.parse({
    version: 1,
    run: {
      title: 'Nightly',
      hasPlaywrightReport: true,
      status: 'failed',
      startedAt: '2026-11-21T20:11:05.000Z',
      duration,
      commit: '2f6cb1d9a04c7e5b8d3f1a62c90e4b7785d1f3aa',
      missingShards: [],
      errors: [],
      shards: [1, 2].map((index) => ({
        index,
        name: `shard ${index}`,
        workers: 2,
        duration: duration - index * 300,
        machine: 'Linux 6.8, Node 22.21, 2 cores, 8 GB',
      })),
    },
    tests: testsOf(all),
    time: timeOf(all),
    areas,
    measurements,
    slowest: {
      tests: all
        .map((test) => ({ id: test.id, duration: durationOf(test) }))
        .toSorted((a, b) => b.duration - a.duration)
        .slice(0, 10),
      fixtures: [
        ['sessionPlatform', 4, 9200, 2260, 2810],
        ['platform', 4, 5100, 1250, 1490],
        ['postgres', 150, 61, 0.36, 4.2],
        ['clickhouse', 42, 302, 6.8, 18],
      ].map(([name, n, total, median, most]) => ({ name, n, total, median, max: most })),
    },
    resources: sampleResources(duration),
    coverage: sampleCoverage(),
    cost: {
      ...cost,
      notional: { ...cost.notional, machine: cost.notional.machine + idle, total: cost.notional.total + idle },
      prices: { date: '2026-11-02', source: 'us-east-1 list prices' },
      estimate: 0.031_4,
      budget: 0.03,
      billedTaskSeconds: 2184,
    },
    regressions: sampleRegressions(),
    inventory: {
      before: { databases: 3, processes: 0 },
      after: { databases: 4, processes: 0 },
      leftBehind: [{ kind: 'databases', name: 'pg_run7_w3_41', area: 'experiments' }],
    },
    gates: [
      {
        name: 'successRate',
        state: 'failed',
        limit: '100 %',
        found: '97.9 %',
        sentence: 'The success rate is 97.9 %, and 100 % is asked for.',
      },
      {
        name: 'duration',
        state: 'passed',
        limit: '3 min',
        found: '1 min 10 s',
        sentence: 'The run took 1 min 10 s of at most 3 min.',
      },
      { name: 'cost', state: 'passed', limit: '$0.05', found: '$0.03', sentence: 'The run cost less than $0.05.' },
      {
        name: 'regressions',
        state: 'failed',
        limit: '0',
        found: '1',
        sentence: 'session.coldStart is 48 % slower than usual.',
      },
      {
        name: 'leftBehind',
        state: 'off',
        limit: 'off',
        found: '1',
        sentence: 'Nothing is asked of what is left behind.',
      },
    ],
    missing: ['Storage of the tasks is not known, because their platform does not tell it.'],
    all,
  });
}

/** The summary of a run that was interrupted before any test. */
export function emptySummary(): Summary {
  const cost = { spent: nothing, notional: nothing, wastedByRetries: 0 };
  return summarySchema.parse({
    version: 1,
    run: {
      hasPlaywrightReport: false,
      status: 'interrupted',
      startedAt: '2026-11-21T20:11:05.000Z',
      duration: 0,
      shards: [],
      missingShards: [],
      errors: [],
    },
    tests: { total: 0, passed: 0, failed: 0, flaky: 0, skipped: 0, didNotRun: 0, unavailable: 0, successRate: null },
    time: timeOf([]),
    areas: [],
    measurements: [],
    slowest: { tests: [], fixtures: [] },
    resources: { samples: [], peak: null, alerts: [] },
    coverage: [],
    cost: {
      ...cost,
      prices: { date: '2026-11-02', source: 'us-east-1 list prices' },
      estimate: null,
      budget: null,
      billedTaskSeconds: 0,
    },
    regressions: { historyRuns: 0, machineSpeed: null, machineContention: null, comparisons: [], trends: [] },
    inventory: { before: null, after: null, leftBehind: null },
    gates: [],
    missing: ['The run was interrupted before it said anything.'],
    all: [],
  });
}

function testsOf(tests: readonly Test[]): Summary['tests'] {
  const of = (outcome: Test['outcome']): number => tests.filter((test) => test.outcome === outcome).length;
  const [passed, failed, flaky] = [of('passed'), of('failed'), of('flaky')];
  return {
    total: tests.length,
    passed,
    failed,
    flaky,
    skipped: of('skipped'),
    didNotRun: of('did not run'),
    unavailable: tests.filter((test) => test.attempts.some(({ error }) => error?.startsWith('Environment'))).length,
    successRate: (passed + flaky) / (passed + failed + flaky),
  };
}

function timeOf(tests: readonly Test[]): Summary['time'] {
  const of = (part: keyof Summary['time']): number => sum(tests, ({ time }) => time[part]);
  return { setUp: of('setUp'), test: of('test'), waiting: of('waiting'), teardown: of('teardown') };
}

function costOf(tests: readonly Test[]): Summary['areas'][number]['cost'] {
  const total = sum(tests, ({ cost }) => cost.notional);
  const machine = sum(tests, (test) => durationOf(test)) * 1.3e-7;
  const rest = Math.max(0, total - machine); // sums differ in their last digit
  return {
    spent: nothing,
    notional: { machine, tasks: rest * 0.86, requests: rest * 0.1, storage: rest * 0.04, total },
    wastedByRetries: sum(tests, ({ cost }) => cost.wastedByRetries),
  };
}

function sampleResources(duration: number): Summary['resources'] {
  const random = randomFrom(11);
  const samples = [1, 2].flatMap((shard) =>
    Array.from({ length: 60 }, (_, index) => ({
      shard,
      at: (duration * index) / 60 + shard * 40,
      cpuPercent: Math.min(100, 35 + 45 * Math.sin((index + shard * 9) / 9) ** 2 + random() * 18),
      memoryUsed: 3.1e9 + index * 3.6e7 + random() * 2e8,
      memoryTotal: 8e9,
      diskFree: 4.2e10 - index * 6e6,
      diskTotal: 8e10,
      processes: 140 + Math.round(30 * Math.sin(index / 12) + random() * 6),
      connections: 40 + Math.round(index / 2 + random() * 10),
    })),
  );
  return {
    samples,
    peak: { cpuPercent: 97.4, memoryPercent: 68, diskPercent: 48, processes: 176, connections: 79 },
    alerts: ['On shard 2 the processor was busy above 95 % for 4 s: what was measured then is slower than it is.'],
  };
}

function sampleCoverage(): Summary['coverage'] {
  const operations = [
    ['POST /api/v1/experiments', { 201: 1240, 400: 96, 401: 8, 409: 20 }],
    ['GET /api/v1/experiments', { 200: 410, 401: 8 }],
    ['GET /api/v1/experiments/{id}', { 200: 2210, 403: 14, 404: 9 }],
    ['POST /api/v1/experiments/{id}/pipeline', { 200: 16, 409: 4 }],
    ['DELETE /api/v1/tenants/{id}', {}],
  ] as const;
  return [
    {
      api: 'experiments',
      operations: operations.map(([operation, calls]) => ({ operation, calls })),
      called: 4,
      documented: 5,
    },
    {
      api: 'sessions',
      operations: [
        { operation: 'POST /api/sessions', calls: { 201: 62, 401: 12, 503: 3 } },
        { operation: 'GET /api/sessions/{id}', calls: { 200: 311, 404: 6 } },
        { operation: 'undocumented', calls: { 404: 21 } },
      ],
      called: 2,
      documented: 2,
    },
  ];
}
