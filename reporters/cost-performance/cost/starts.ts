import { fsum, group, max, min, rollup, sum } from 'd3-array';
import type { AttemptRecord, RunRecord, ShardRecord } from '../record.ts';
import type { RunCost } from './run-cost.ts';

/** What a run cost, divided into what it costs once more where it is divided otherwise, and what each test costs. */
export interface DividedCost {
  /** Of a shard before its first test and after its last, in US dollars. */
  readonly shard: number;
  /** Of what a worker starts for an area's tests, by area. */
  readonly worker: ReadonlyMap<string, number>;
  /** Of each test, with its share of idle lanes, by id. */
  readonly tests: ReadonlyMap<string, number>;
}

/** Divides a run's cost. The parts add up to it. */
export function divideCost(record: RunRecord, { run, charges }: RunCost): DividedCost {
  const total = run.spent.total + run.notional.total;
  const machine = fsum(
    charges.filter(({ item }) => item === 'machine'),
    ({ usd }) => usd,
  );
  const shardTime = sum(record.shards, ({ durationMs }) => durationMs);
  const perMs = shardTime === 0 ? 0 : machine / shardTime;
  const attempts = record.tests.flatMap(({ id, area, attempts: all }) =>
    all.map((attempt) => ({ id, area, attempt, workerUsd: workerCost(attempt, record.shards, perMs) })),
  );
  const start = sum(
    record.shards,
    (shard) =>
      perMs *
      unusedTime(
        shard,
        attempts.map(({ attempt }) => attempt),
      ),
  );

  const byWorkers = charges.filter(({ payer, item }) => payer.test === undefined && item !== 'machine');
  const ofWorkers = rollup(
    byWorkers,
    (all) => fsum(all, ({ usd }) => usd),
    ({ payer }) => payer.area ?? '',
  );
  for (const { area, workerUsd } of attempts) ofWorkers.set(area, (ofWorkers.get(area) ?? 0) + workerUsd);
  const lanes = lanesOf(record);

  const own = rollup(
    charges.filter(({ payer }) => payer.test !== undefined),
    (all) => fsum(all, ({ usd }) => usd),
    ({ payer }) => payer.test!,
  );
  for (const { id, workerUsd } of attempts) own.set(id, Math.max(0, (own.get(id) ?? 0) - workerUsd));
  const ofTests = fsum(own.values());
  const rest = Math.max(0, total - start - fsum(ofWorkers.values()));
  return {
    shard: record.shards.length === 0 ? 0 : start / record.shards.length,
    worker: new Map([...ofWorkers].map(([area, usd]) => [area, usd / (lanes.get(area) ?? 1)])),
    tests: new Map([...own].map(([id, usd]) => [id, ofTests === 0 ? 0 : (usd * rest) / ofTests])),
  };
}

/** How many workers have tests of an area, as far as can be said before they run: each starts what these need. */
export function lanesOf({ tests, shards }: RunRecord): ReadonlyMap<string, number> {
  const workers = new Map(shards.map((shard) => [shard.index, shard.workers]));
  return rollup(
    tests.filter(({ attempts }) => attempts.length > 0),
    (own) =>
      sum([...group(own, ({ attempts }) => attempts[0]!.shard)], ([shard, here]) =>
        Math.min(workers.get(shard) ?? 1, here.length),
      ),
    ({ area }) => area,
  );
}

function workerCost({ shard, workerMs }: AttemptRecord, shards: readonly ShardRecord[], perMs: number): number {
  return (perMs * workerMs) / (shards.find(({ index }) => index === shard)?.workers ?? 1);
}

/** Milliseconds of a shard before its first attempt and after its last. */
function unusedTime({ index, durationMs }: ShardRecord, attempts: readonly AttemptRecord[]): number {
  const here = attempts.filter(({ shard }) => shard === index);
  const first = min(here, ({ startedAt }) => startedAt) ?? 0;
  const last = max(here, (attempt) => attempt.startedAt + attempt.durationMs) ?? first;
  return Math.max(0, durationMs - (last - first));
}
