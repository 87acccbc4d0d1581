import { expect, test } from '@playwright/test';
import { group, max, sum } from 'd3-array';
import fc from 'fast-check';
import { assign, type Capacity, type Unit } from './assign.ts';

const capacities = fc.record({ shards: fc.integer({ min: 1, max: 6 }), workers: fc.integer({ min: 1, max: 4 }) });

function units(constraints: fc.ArrayConstraints): fc.Arbitrary<Unit[]> {
  return fc
    .array(fc.integer({ min: 0, max: 10_000 }), constraints)
    .map((durations) => durations.map((duration, index) => ({ id: `test ${index}`, duration })));
}

/** The duration of a shard in which each free worker takes the longest remaining unit. */
function shardTimes(all: readonly Unit[], capacity: Capacity): number[] {
  const shardOf = assign(all, capacity);
  const byShard = group(all, ({ id }) => shardOf.get(id)!);
  return Array.from({ length: capacity.shards }, (_, index) => {
    const mine = byShard.get(index + 1) ?? [];
    const workerOf = assign(mine, { shards: capacity.workers, workers: 1 });
    return (
      max(group(mine, ({ id }) => workerOf.get(id)!).values(), (each) => sum(each, ({ duration }) => duration)) ?? 0
    );
  });
}

/** The shortest possible duration, by trying everything. */
function best(durations: readonly number[], loads: readonly number[]): number {
  const [duration, ...rest] = durations;
  if (duration === undefined) return max(loads)!;
  return Math.min(
    ...loads.map((_, chosen) =>
      best(
        rest,
        loads.map((load, index) => (index === chosen ? load + duration : load)),
      ),
    ),
  );
}

test('longest first, onto the worker that has least to do', () => {
  const all = [
    ['a', 7],
    ['b', 6],
    ['c', 5],
    ['d', 4],
    ['e', 4],
  ].map(([id, duration]) => ({ id: String(id), duration: Number(duration) }));
  expect([...assign(all, { shards: 2, workers: 1 })]).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 2],
    ['d', 1],
    ['e', 1],
  ]);
});

test("a long unit takes one worker, and the shard's others share the rest evenly", () => {
  const all = [
    { id: 'long', duration: 60 },
    ...Array.from({ length: 60 }, (_, index) => ({ id: String(index), duration: 3 })),
  ];
  const shardOf = assign(all, { shards: 2, workers: 2 });
  expect(shardOf.get('long')).toBe(1);
  expect([...shardOf.values()].filter((shard) => shard === 2)).toHaveLength(40);
  expect(shardTimes(all, { shards: 2, workers: 2 })).toEqual([60, 60]);
});

test('every unit is in exactly one of the shards', () => {
  fc.assert(
    fc.property(units({ maxLength: 60 }), capacities, (all, capacity) => {
      const shardOf = assign(all, capacity);
      expect([...shardOf.keys()].toSorted()).toEqual(all.map(({ id }) => id).toSorted());
      expect([...shardOf.values()].filter((shard) => shard < 1 || shard > capacity.shards)).toEqual([]);
    }),
  );
});

test('every shard computes the same division, in any order of units', () => {
  const shuffled = units({ maxLength: 40 }).chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, capacities, ([all, other], capacity) => {
      expect([...assign(other, capacity)]).toEqual([...assign(all, capacity)]);
    }),
  );
});

test('the last worker ends within 4/3 of the optimum', () => {
  fc.assert(
    fc.property(
      units({ maxLength: 7 }),
      fc.constantFrom({ shards: 2, workers: 1 }, { shards: 3, workers: 1 }),
      (all, capacity) => {
        const optimum = best(
          all.map(({ duration }) => duration),
          Array.from({ length: capacity.shards }, () => 0),
        );
        expect(max(shardTimes(all, capacity))!).toBeLessThanOrEqual(
          (4 / 3 - 1 / (3 * capacity.shards)) * optimum + 1e-6,
        );
      },
    ),
  );
});

test("shards take the same time within 20 % when no unit is longer than a sixth of a worker's share", () => {
  fc.assert(
    fc.property(units({ minLength: 40, maxLength: 200 }), capacities, (all, { shards, workers }) => {
      const fair = sum(all, ({ duration }) => duration) / (shards * workers);
      fc.pre(max(all, ({ duration }) => duration)! <= fair / 6 && fair > 0);
      const times = shardTimes(all, { shards, workers });
      expect(Math.max(...times)).toBeLessThanOrEqual(1.2 * Math.min(...times));
    }),
  );
});
