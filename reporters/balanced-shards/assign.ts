import { minIndex } from 'd3-array';

/** Tests that stay together, in one worker of one shard. */
export interface Unit {
  readonly id: string;
  /** The expected milliseconds. */
  readonly duration: number;
}

/** The number of shards, and of workers in each. */
export interface Capacity {
  readonly shards: number;
  readonly workers: number;
}

/**
 * Assigns units, by id, to shards, counted from 1: longest first, each to the worker with the least to do (Graham 1969,
 * "Bounds on multiprocessing timing anomalies"), which takes at most 4/3 of the shortest possible time. The result does
 * not depend on the order of the units, so every shard computes the same one. Costs units x workers.
 */
export function assign(units: readonly Unit[], { shards, workers }: Capacity): ReadonlyMap<string, number> {
  const loads = Array.from({ length: shards * workers }, () => 0);
  const shardOf = new Map<string, number>();
  for (const { id, duration } of units.toSorted(longestFirst)) {
    const worker = minIndex(loads);
    loads[worker]! += duration;
    shardOf.set(id, (worker % shards) + 1); // idle workers of different shards take turns
  }
  return shardOf;
}

/** Ties are broken by the code units of the id, independent of the locale. */
function longestFirst(a: Unit, b: Unit): number {
  return b.duration - a.duration || (a.id < b.id ? -1 : 1);
}
