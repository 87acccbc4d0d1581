import { minIndex } from 'd3-array';

/** Tests that stay together, in one worker of one shard. */
export interface Unit {
  readonly id: string;
  /** Expected, in milliseconds. */
  readonly duration: number;
}

/** What there is to run them: so many shards with so many workers each. */
export interface Capacity {
  readonly shards: number;
  readonly workers: number;
}

/**
 * The shard, from 1, of each unit by its id. Longest first, each onto the worker that has least to do (Graham 1969,
 * "Bounds on multiprocessing timing anomalies"): the last worker is done after at most 4/3 of the shortest time that is
 * possible. The same units give the same answer in whatever order they come, so that every shard finds it for itself.
 * Costs units x workers.
 */
export function assign(units: readonly Unit[], { shards, workers }: Capacity): ReadonlyMap<string, number> {
  const loads = Array.from({ length: shards * workers }, () => 0);
  const shardOf = new Map<string, number>();
  for (const { id, duration } of units.toSorted(longestFirst)) {
    const worker = minIndex(loads);
    loads[worker]! += duration;
    shardOf.set(id, (worker % shards) + 1); // neighbours are of different shards: who has nothing yet takes turns
  }
  return shardOf;
}

/** Ties by code units of the id, which are the same in every language. */
function longestFirst(a: Unit, b: Unit): number {
  return b.duration - a.duration || (a.id < b.id ? -1 : 1);
}
