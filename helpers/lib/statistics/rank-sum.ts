import { bisectLeft, bisectRight, sum } from 'd3-array';
import { normalUpperTail } from './distributions.ts';

/** Values that are only compared with each other, never with those of another stratum. */
export interface Stratum {
  readonly sample: readonly number[];
  readonly reference: readonly number[];
}

export interface RankSum {
  /** How many standard deviations the sample's ranks lie above what chance gives. */
  readonly z: number;
  /** The probability of ranks at least so high when nothing differs. */
  readonly greater: number;
  /** The probability of ranks at least so low. */
  readonly less: number;
}

/**
 * Tests whether samples are greater than their references, by ranks within each stratum (van Elteren 1960): rank sums
 * with the weight 1 / (N + 1), ties by their mean rank and with their smaller variance (Lehmann 1975). With one stratum
 * it is the Mann-Whitney test (1947) with correction for continuity; with several the sum has hardly any steps and gets
 * none. Probabilities are normal, whose tails are heavier than those of ranks, so small samples give too large rather
 * than too small ones. When all values are equal, or one side is empty, both are 1. O(n log n).
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

/** The sum of the sample's mid-ranks among all values, and the sum of t³ - t over the groups of t tied values. */
function midRanks(
  sample: readonly number[],
  reference: readonly number[],
): { readonly ranks: number; readonly ties: number } {
  const all = Float64Array.from([...sample, ...reference]).toSorted(); // sorts by number, without a comparator
  let ties = 0;
  for (let start = 0, end = 1; start < all.length; start = end++) {
    while (all[end] === all[start]) end++;
    ties += (end - start) ** 3 - (end - start);
  }
  return { ranks: sum(sample, (value) => (bisectLeft(all, value) + bisectRight(all, value) + 1) / 2), ties };
}
