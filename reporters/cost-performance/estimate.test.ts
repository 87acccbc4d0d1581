import { sum } from 'd3-array';
import { expect, test } from '../../helpers/testing/cost-performance/composed-report.ts';
import { sampleRecord } from '../../helpers/testing/cost-performance/sample-record.ts';
import { withShards } from '../../helpers/testing/cost-performance/sample-run.ts';
import { divideCost, listPrices } from './cost/index.ts';
import type { RunRecord } from './record.ts';

/** Milliseconds: of a shard before its tests, of what a worker starts for an area, and of a test. */
const [shardStart, workerStart, testTime] = [10_000, 3_000, 1_000];

/** A run of so many tests of each area, in shards of two workers. `slower` is how many times as long all takes. */
function layOut(areas: Readonly<Record<string, number>>, shards = 1, slower = 1): RunRecord {
  const tests = Object.entries(areas).flatMap(([area, count]) =>
    Array.from({ length: count }, (_, index) => ({ area, id: `${area} ${index}` })),
  );
  const lanes = Array.from({ length: 2 * shards }, (_, lane) => ({
    shard: 1 + Math.floor(lane / 2),
    started: new Set<string>(),
    until: shardStart * slower,
  }));
  const record = sampleRecord(Object.fromEntries(tests.map(({ area, id }) => [id, { area, attempts: [{}] }])));
  const placed = record.tests.map((each, index) => {
    const lane = lanes[index % lanes.length]!;
    const workerMs = lane.started.has(each.area) ? 0 : workerStart * slower;
    const durationMs = workerMs + testTime * slower;
    const startedAt = lane.until;
    lane.until += durationMs;
    lane.started.add(each.area);
    const time = { setUp: workerMs, test: durationMs - workerMs, waiting: 0, teardown: 0 };
    const place = { shard: lane.shard, lane: index % 2, startedAt, durationMs, workerMs, time };
    return { ...each, attempts: each.attempts.map((attempt) => ({ ...attempt, ...place })) };
  });
  const [one] = record.shards;
  return {
    ...record,
    tests: placed,
    shards: Array.from({ length: shards }, (_, index) => {
      const durationMs = Math.max(...lanes.filter(({ shard }) => shard === index + 1).map(({ until }) => until));
      return { ...one!, index: index + 1, workers: 2, durationMs };
    }),
  };
}

const before = [0.96, 1.04, 1, 0.98, 1.02].map((slower) => layOut({ shop: 40, stock: 20 }, 1, slower));

for (const [title, run] of [
  ['a whole run', layOut({ shop: 40, stock: 20 })],
  ['a run in two shards', layOut({ shop: 40, stock: 20 }, 2)],
  ['a run in four shards', layOut({ shop: 40, stock: 20 }, 4)],
  ['a run of one area', layOut({ shop: 40 })],
  ['a run of a few tests in two shards', layOut({ stock: 8 }, 2)],
] as const) {
  test(`the estimate for ${title} is within a tenth of its cost`, ({ report }) => {
    const { estimate, notional } = report(run, before).summary.cost;
    expect(Math.abs(estimate! / notional.total - 1), `${estimate} for ${notional.total}`).toBeLessThan(0.1);
  });
}

test('the parts of a cost add up to it', ({ parts }) => {
  const run = layOut({ shop: 7, stock: 5 }, 2);
  const cost = parts.costOf(run, listPrices, { machine: 'notional' });
  const { shard, worker, tests } = divideCost(run, cost);
  expect(2 * shard + 4 * sum(worker.values()) + sum(tests.values())).toBeCloseTo(cost.run.notional.total, 12);
  const empty = withShards(sampleRecord({}), { durationMs: 60_000 });
  expect(divideCost(empty, parts.costOf(empty, listPrices, { machine: 'notional' })).shard).toBeCloseTo(0.006, 12);
});

test('what workers use outside of tests is divided among the workers of its area', ({ parts }) => {
  const run = layOut({ shop: 4, stock: 1 });
  const cost = parts.costOf(run, listPrices, { machine: 'notional' });
  const [charge] = cost.charges;
  const used = { shop: 0.6, stock: 0.4 };
  const more = Object.entries(used).map(([area, usd]) => ({
    ...charge!,
    item: 'tasks' as const,
    payer: { area, wasted: false },
    usd,
  }));
  const [base, after] = [cost, { ...cost, charges: [...cost.charges, ...more] }].map((one) => divideCost(run, one));
  const added = (area: string): number => after!.worker.get(area)! - base!.worker.get(area)!;
  expect(added('shop'), 'which two workers have tests of').toBeCloseTo(0.3, 12);
  expect(added('stock'), 'which one worker has a test of').toBeCloseTo(0.4, 12);
});

test('the disk that is watched is the one that the run fills', ({ parts: { dataFolder } }) => {
  expect(dataFolder('/data/runs/proving-ground-00c0ffee')).toBe('/data/runs');
  expect(dataFolder(undefined, '/tmp')).toBe('/tmp');
  expect(['/dev/shm', '/tmp']).toContain(dataFolder(undefined, ''));
});
