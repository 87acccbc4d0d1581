import { rank, sum } from 'd3-array';
import { normalUpperTail } from './distributions.ts';

/** What is compared within one stratum: never with values of another. */
export interface Stratum {
  readonly sample: readonly number[];
  readonly reference: readonly number[];
}

export interface RankSum {
  /** How many standard deviations the samples' ranks lie above what chance gives. */
  readonly z: number;
  /** The chance of ranks so high, or higher, when nothing differs. */
  readonly greater: number;
  /** The same for ranks so low. */
  readonly less: number;
}

/**
 * Whether samples are greater than their references, by ranks within each stratum (van Elteren 1960): rank sums with
 * the weight 1 / (N + 1), ties by their mean rank and with their smaller variance (Lehmann 1975). Of one stratum it is
 * the test of Mann and Whitney (1947), with the correction for continuity; of several the sum hardly has steps, and
 * gets none. Chances are those of the normal distribution, whose tails are heavier than those of ranks, so that small
 * numbers make them too large and not too small. Of values that are all the same, or on one side only, both are 1.
 * O(n log n).
 */
export function stratifiedRankSum(strata: readonly Stratum[]): RankSum {
  const scores = strata.filter(({ sample, reference }) => sample.length > 0 && reference.length > 0).map(score);
  const deviation = Math.sqrt(sum(scores, ({ variance }) => variance));
  if (deviation === 0) return { z: 0, greater: 1, less: 1 };
  const excess = sum(scores, (each) => each.excess);
  const step = scores.length === 1 ? scores[0]!.step / 2 : 0;
  return {
    z: excess / deviation,
    greater: normalUpperTail((excess - step) / deviation),
    less: normalUpperTail((-excess - step) / deviation),
  };
}

function score({ sample, reference }: Stratum): { readonly excess: number; readonly variance: number; readonly step: number } {
  const [n, m] = [sample.length, reference.length];
  const all = n + m;
  const { ranks, ties } = midRanks([...sample, ...reference]);
  const weight = 1 / (all + 1);
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  return { excess: weight * (sum(ranks.slice(0, n)) - (n * (all + 1)) / 2), variance: weight ** 2 * variance, step: weight };
}

/** Ranks from 1, equal values sharing their mean one, and the sum of t³ - t over the groups of t equal values. */
function midRanks(values: readonly number[]): { readonly ranks: Float64Array; readonly ties: number } {
  const lowest = rank(values);
  const sizes = new Map<number, number>();
  for (const each of lowest) sizes.set(each, (sizes.get(each) ?? 0) + 1);
  return { ranks: lowest.map((each) => each + 1 + (sizes.get(each)! - 1) / 2), ties: sum(sizes.values(), (size) => size ** 3 - size) };
}
