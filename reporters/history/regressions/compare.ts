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

/** What was found of one series. */
export interface Finding {
  /** This run's shift over the mean of the history's. */
  readonly effect: number;
  /** Of a run's shift over that mean, to be expected when nothing changed. */
  readonly spread: Variance;
  /** Chances of an effect so great when nothing changed, corrected for all that are compared. */
  readonly slower: number;
  readonly faster: number;
}

/**
 * Compares this run with the history, all series together. Two things must both be unlikely (Berger 1982): that ranks
 * of the samples differ so much from those of the same tests before, and that one more run differs so much from the
 * runs before, whose spread is estimated from all series. So samples that are alike within a run do not count as if
 * they were runs, and few samples not as if they were a run.
 */
export function compare(all: readonly AdjustedSeries[], run: HistoryRun): Finding[] {
  const spreads = moderateVariances(
    all.map(({ before }) => ({ value: variance(before)!, freedom: before.length - 1 })),
  );
  const findings = all.map((steadied, index) => {
    const { before, now } = steadied;
    const effect = now - mean(before)!;
    const spread = { value: spreads[index]!.value * (1 + 1 / before.length), freedom: spreads[index]!.freedom };
    const t = spread.value === 0 ? Infinity * Math.sign(effect) : effect / Math.sqrt(spread.value);
    const ranks = stratifiedRankSum(strataOf(steadied, run));
    return {
      effect,
      spread,
      slower: Math.max(ranks.greater, studentUpperTail(t, spread.freedom)),
      faster: Math.max(ranks.less, studentUpperTail(-t, spread.freedom)),
    };
  });
  // Half of the level is for one that changed, the other half is spent on whether all did.
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
