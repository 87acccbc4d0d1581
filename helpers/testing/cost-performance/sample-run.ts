/** Sample runs of a small shop, for tests of the whole report. */
import type { Measurement } from '../../run/measurements/index.ts';
import { sampleRecord, type SampleShard, type SampleTest } from './sample-record.ts';
import {
  inventoryKinds,
  type Inventory,
  type Outcome,
  type RunRecord,
  type ShardRecord,
} from '../../../reporters/cost-performance/record.ts';

/** Tests by their id. `outcomes` names those that have not passed; their attempts end accordingly. */
export function sampleRun(
  tests: Readonly<Record<string, SampleTest>>,
  shards: readonly SampleShard[],
  outcomes: Readonly<Record<string, Outcome>> = {},
): RunRecord {
  const record = sampleRecord(tests, shards);
  return {
    ...record,
    tests: record.tests.map((each) => {
      const outcome = outcomes[each.id] ?? 'passed';
      return {
        ...each,
        outcome,
        attempts: each.attempts.map((attempt, index) => ({
          ...attempt,
          status: statusOf(outcome, index === each.attempts.length - 1),
        })),
      };
    }),
  };
}

function statusOf(outcome: Outcome, isLast: boolean): 'passed' | 'failed' | 'skipped' {
  if (outcome === 'skipped') return 'skipped';
  return outcome === 'failed' || !isLast ? 'failed' : 'passed';
}

export function withShards(record: RunRecord, more: Partial<ShardRecord>): RunRecord {
  return { ...record, shards: record.shards.map((shard) => ({ ...shard, ...more })) };
}

export function took(name: string, ms: number): Measurement {
  return { name, value: ms, unit: 'ms', attributes: {} };
}

export function inventoryOf(databases: readonly string[]): Inventory {
  return { ...(Object.fromEntries(inventoryKinds.map((kind) => [kind, []])) as unknown as Inventory), databases };
}

export interface SampleRun {
  /** How many times slower than usual the machine is. */
  readonly machine?: number;
  /** How many times longer than usual the calibration takes, because the machine is busy. */
  readonly contention?: number;
  /** How many times slower than usual the shop's two operations are, apart from the machine. */
  readonly search?: number;
  readonly pay?: number;
  /** Wall-clock milliseconds, for a fifth of which each test's lane is busy; default a minute. */
  readonly ms?: number;
}

const shoppers = ['ana', 'ben', 'eva', 'tom'];

/**
 * A minute of one worker with four tests: each measures two operations eight times, and keeps the lane busy for 12 s.
 */
export function shopping(
  { machine = 1, contention = 1, search = 1, pay = 1, ms = 60_000 }: SampleRun = {},
  outcomes: Readonly<Record<string, Outcome>> = {},
): RunRecord {
  const samples = (name: string, usual: number): Measurement[] =>
    Array.from({ length: 8 }, (_, index) => took(name, usual * machine * (1 + (index % 4) / 50)));
  const tests = Object.fromEntries(
    shoppers.map((id) => [
      id,
      {
        area: 'shop',
        attempts: [
          { ms: ms / 5, measurements: [...samples('shop.search', 20 * search), ...samples('shop.pay', 50 * pay)] },
        ],
      },
    ]),
  );
  return withShards(sampleRun(tests, [{ ms, workers: 1 }], outcomes), {
    calibration: [4 * machine],
    contention: [1.2 * contention],
  });
}

/** Ten earlier runs that differ from the usual one by a few percent, each in its own way. */
export function shoppingBefore(): RunRecord[] {
  return Array.from({ length: 10 }, (_, index) =>
    shopping({
      machine: 1 + ((index * 3) % 5) / 20,
      search: 1 + ((index * 7) % 5) / 50,
      pay: 1 + ((index * 2) % 5) / 50,
    }),
  );
}
