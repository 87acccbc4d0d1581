import type { Measurement } from '../../run/measurements/index.ts';
import type {
  AttemptRecord,
  LedgerEntry,
  RunRecord,
  ShardRecord,
  TestRecord,
} from '../../../reporters/cost-performance/record.ts';

/** An attempt at a test, reduced to what affects cost. */
export interface SampleAttempt {
  /** Milliseconds for which its lane was busy. */
  readonly ms?: number;
  readonly shard?: number;
  readonly measurements?: readonly Measurement[];
}

export interface SampleTest {
  readonly area: string;
  readonly attempts: readonly SampleAttempt[];
}

export interface SampleShard {
  readonly ms: number;
  readonly workers: number;
  readonly ledger?: readonly LedgerEntry[];
}

/** A run's record, with tests by their id. */
export function sampleRecord(
  tests: Readonly<Record<string, SampleTest>>,
  shards: readonly SampleShard[] = [{ ms: 0, workers: 1 }],
): RunRecord {
  return {
    status: 'passed',
    startedAt: 0,
    durationMs: Math.max(...shards.map(({ ms }) => ms)),
    errors: [],
    missingShards: [],
    missing: [],
    shards: shards.map(({ ms, workers, ledger = [] }, index): ShardRecord => ({
      index: index + 1,
      name: `shard ${index + 1}`,
      workers,
      startedAt: 0,
      durationMs: ms,
      machine: 'a machine',
      ledger,
      calibration: [],
      contention: [],
      resources: [],
      problems: [],
    })),
    tests: Object.entries(tests).map(([id, { area, attempts }]): TestRecord => ({
      id,
      area,
      file: 'a.spec.ts',
      line: 1,
      title: id,
      tags: [],
      annotations: [],
      outcome: 'passed',
      attempts: attempts.map((attempt, index) => ({ ...attemptOf(attempt), isRepeated: index < attempts.length - 1 })),
    })),
  };
}

/** A reading of a task's meter, by default of the smallest task size. */
export function taskTime(
  task: string,
  seconds: number,
  attributes: Readonly<Record<string, string>> = {},
): Measurement {
  return {
    name: 'task.time',
    value: seconds,
    unit: 's',
    attributes: { task, family: 'edit', vcpu: '0.25', memoryGb: '0.5', ...attributes },
  };
}

export function requests(
  service: string,
  count: number,
  attributes: Readonly<Record<string, string>> = {},
): Measurement {
  return { name: 'cloud.requests', value: count, unit: 'count', attributes: { service, ...attributes } };
}

export function storage(bytes: number, seconds: number): Measurement {
  return {
    name: 'cloud.storage',
    value: bytes,
    unit: 'bytes',
    attributes: { service: 'efs', seconds: String(seconds) },
  };
}

function attemptOf({ ms = 0, shard = 1, measurements = [] }: SampleAttempt): Omit<AttemptRecord, 'isRepeated'> {
  return {
    status: 'passed',
    startedAt: 0,
    durationMs: ms / 2,
    shard,
    lane: 0,
    workerMs: 0,
    fixtures: [],
    errors: [],
    steps: [],
    measurements,
    unavailable: false,
    time: { setUp: ms / 2, test: ms / 4, waiting: ms / 8, teardown: ms / 8 },
  };
}
