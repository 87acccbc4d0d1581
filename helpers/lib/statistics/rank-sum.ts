import { bisectLeft, bisectRight, sum } from 'd3-array';
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

function score({ sample, reference }: Stratum): {
  readonly excess: number;
  readonly variance: number;
  readonly step: number;
} {
  const [n, m] = [sample.length, reference.length];
  const all = n + m;
  const { ranks, ties } = midRanks(sample, reference);
  const weight = 1 / (all + 1);
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  return { excess: weight * (ranks - (n * (all + 1)) / 2), variance: weight ** 2 * variance, step: weight };
}

/**
 * The sum of the sample's ranks among all, from 1 and equal values sharing their mean one, and that of t³ - t over the
 * groups of t equal values.
 */
function midRanks(
  sample: readonly number[],
  reference: readonly number[],
): { readonly ranks: number; readonly ties: number } {
  const all = Float64Array.from([...sample, ...reference]).toSorted(); // numbers, without a comparator
  let ties = 0;
  for (let start = 0, end = 1; start < all.length; start = end++) {
    while (all[end] === all[start]) end++;
    ties += (end - start) ** 3 - (end - start);
  }
  return { ranks: sum(sample, (value) => (bisectLeft(all, value) + bisectRight(all, value) + 1) / 2), ties };
}
