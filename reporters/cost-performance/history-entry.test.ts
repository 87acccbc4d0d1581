import { expect, test } from '@playwright/test';
import type { Measurement } from '../../helpers/run/measurements/index.ts';
import { historyEntry } from './history-entry.ts';
import type { AttemptRecord, RunRecord, ShardRecord, TestRecord } from './record.ts';

const time = { setUp: 200, test: 500, waiting: 250, teardown: 50 };

function attempt(measurements: readonly Partial<Measurement>[], more: Partial<AttemptRecord> = {}): AttemptRecord {
  const whole = measurements.map((each): Measurement => ({ name: 'm', value: 1, unit: 'ms', attributes: {}, ...each }));
  return {
    status: 'passed',
    startedAt: 0,
    durationMs: 800,
    shard: 1,
    lane: 0,
    workerMs: 0,
    time,
    fixtures: [],
    measurements: whole,
    unavailable: false,
    errors: [],
    steps: [],
    isRepeated: false,
    ...more,
  };
}

function testRecord(id: string, outcome: TestRecord['outcome'], attempts: readonly AttemptRecord[]): TestRecord {
  return { id, area: 'api', file: 'a.spec.ts', line: 1, title: id, tags: [], annotations: [], outcome, attempts };
}

function record(tests: readonly TestRecord[], calibrations: readonly (readonly number[])[] = [[50]]): RunRecord {
  const shards = calibrations.map((calibration, index): ShardRecord => ({
    index: index + 1,
    name: `shard ${index + 1}`,
    workers: 1,
    startedAt: 0,
    durationMs: 1,
    machine: '',
    ledger: [],
    calibration,
    contention: calibration.map((ms) => ms / 25),
    resources: [],
    problems: [],
  }));
  return {
    status: 'passed',
    startedAt: Date.UTC(2025, 5, 1, 12),
    durationMs: 60_000,
    shards,
    tests,
    errors: [],
    missingShards: [],
    missing: [],
  };
}

/** Costs nothing. */
const free = { shard: 0, worker: new Map<string, number>(), tests: new Map<string, number>() };

test.describe("a run's entry in the history", () => {
  test('history keeps thinned time samples in milliseconds', () => {
    const many = Array.from({ length: 39 }, (_, index) => ({ name: 'many', value: index + 1 }));
    const run = historyEntry(
      {
        ...record([
          testRecord('t', 'passed', [
            attempt([
              { value: 3 },
              { value: 0.002, unit: 's' },
              { name: 'bytes', unit: 'bytes' },
              { name: 'start', scope: 'worker' },
              ...many,
            ]),
          ]),
        ]),
        commit: 'abc',
      },
      { shard: 0.5, worker: new Map([['api', 0.1]]), tests: new Map([['t', 0.25]]) },
    );
    expect(run).toEqual({
      version: 1,
      startedAt: '2025-06-01T12:00:00.000Z',
      commit: 'abc',
      duration: 60_000,
      calibration: 50,
      contention: 2,
      starts: { shard: 0.5, workers: { api: 0.1 } },
      tests: {
        t: {
          area: 'api',
          duration: 1000,
          cost: 0.25,
          samples: { m: [2, 3], many: Array.from({ length: 20 }, (_, index) => 1 + 2 * index) },
        },
      },
    });
  });

  test('history keeps no failed test, and no samples of a retried one', () => {
    const failed = attempt([{}], { status: 'failed', isRepeated: true });
    const run = historyEntry(
      record([
        testRecord('failed', 'failed', [failed]),
        testRecord('flaky', 'flaky', [failed, attempt([{}])]),
        testRecord('skipped', 'skipped', []),
      ]),
      free,
    );
    expect(run.tests).toEqual({ flaky: { area: 'api', duration: 1000, cost: 0, samples: {} } });
  });

  test('history keeps no test that was expected to fail and passed', () => {
    expect(historyEntry(record([testRecord('t', 'failed', [attempt([{}])])]), free).tests).toEqual({});
  });

  test("history scales shards' times to their mean calibration", () => {
    const on = (shard: number): TestRecord =>
      testRecord(`on ${shard}`, 'passed', [attempt([{ value: 10 }], { shard })]);
    const run = historyEntry(record([on(1), on(2), on(3)], [[25, 50, 100], [400], []]), free);
    // 2 ** (3 / 4) times the median of the first three.
    expect([run.calibration, run.contention]).toEqual([84.09, 3.3636]);
    expect(Object.values(run.tests).map(({ samples }) => samples['m'])).toEqual([[16.818], [2.1022], [10]]);
    expect(historyEntry(record([on(1)], [[]]), free)).toMatchObject({
      calibration: null,
      tests: { 'on 1': { samples: { m: [10] } } },
    });
  });
});
