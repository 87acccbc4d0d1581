import { mean, variance } from 'd3-array';
import type { HistoryRun } from '../history-run.ts';
import {
  holm,
  moderateVariances,
  stratifiedRankSum,
  studentUpperTail,
  type Variance,
} from '../../../helpers/lib/statistics/index.ts';
import type { AdjustedSeries } from './drift.ts';

/** The result for one series. */
export interface Finding {
  /** This run's shift over the mean of the history's. */
  readonly effect: number;
  /** The expected variance of a run's shift over that mean when nothing changed. */
  readonly spread: Variance;
  /** Probabilities of such an effect when nothing changed, corrected for the number of comparisons. */
  readonly slower: number;
  readonly faster: number;
}

/**
 * Compares this run with the history, all series together. Two things must both be unlikely (Berger 1982): that the
 * ranks of the samples differ so much from those of the same tests before, and that one more run differs so much from
 * the earlier runs, whose spread is estimated from all series. So similar samples within a run do not count as separate
 * runs, and few samples do not count as a run.
 */
export function compare(all: readonly AdjustedSeries[], run: HistoryRun): Finding[] {
  const spreads = moderateVariances(
    all.map(({ before }) => ({ value: variance(before)!, freedom: before.length - 1 })),
  );
  const findings = all.map((steadied, index) => {
    const { before, now } = steadied;
    const effect = now - mean(before)!;
    const spread = { value: spreads[index]!.value * (1 + 1 / before.length), freedom: spreads[index]!.freedom };
    const t = effect === 0 ? 0 : effect / Math.sqrt(spread.value); // infinite where earlier runs never differed
    const ranks = stratifiedRankSum(strataOf(steadied, run));
    return {
      effect,
      spread,
      slower: Math.max(ranks.greater, studentUpperTail(t, spread.freedom)),
      faster: Math.max(ranks.less, studentUpperTail(-t, spread.freedom)),
    };
  });
  // Half of the level is for a single changed series, the other half for a change of all of them.
  const corrected = (chances: readonly number[]): number[] => holm(chances).map((chance) => Math.min(1, 2 * chance));
  const [slower, faster] = [
    corrected(findings.map((finding) => finding.slower)),
    corrected(findings.map((finding) => finding.faster)),
  ];
  return findings.map((finding, index) => ({ ...finding, slower: slower[index]!, faster: faster[index]! }));
}

function strataOf(
  { series: { strata }, drift }: AdjustedSeries,
  run: HistoryRun,
): { readonly sample: number[]; readonly reference: number[] }[] {
  const values = (stratum: ReadonlyMap<HistoryRun, readonly number[]>, runs: Iterable<HistoryRun>): number[] =>
    [...runs].flatMap((each) => (stratum.get(each) ?? []).map((value) => value - (drift.get(each) ?? 0)));
  return strata.map((stratum) => ({
    sample: values(stratum, [run]),
    reference: values(
      stratum,
      [...stratum.keys()].filter((each) => each !== run),
    ),
  }));
}
