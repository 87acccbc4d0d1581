import { randomLogNormal } from 'd3-random';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers from 0 to 1 that are the same for the same seed. */
export function randomFrom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** Log-normal values around a median, like latencies. */
export function latencies(random: () => number, count: number, median: number, spread = 0.35): number[] {
  return Array.from({ length: count }, randomLogNormal.source(random)(Math.log(median), spread));
}
