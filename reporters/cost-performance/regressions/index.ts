import { median, quantile, sum } from 'd3-array';
import type { HistoryRun } from '../history/index.ts';
import { ratioTo } from '../statistics/index.ts';
import type { Summary } from '../summary/schema.ts';
import { compare, type Finding } from './compare.ts';
import { steady } from './drift.ts';
import { type RegressionOptions, regressionOptionsSchema } from './options.ts';
import { type Series, seriesOf, wellSampled } from './series.ts';
import { trendOf } from './trend.ts';

export { type RegressionOptions, regressionOptionsSchema } from './options.ts';

type Regressions = Summary['regressions'];
type Comparison = Regressions['comparisons'][number];

/**
 * What became slower or faster, by measurement and area. Samples are compared within their test, so that a run of some
 * of the tests raises no alarm; the speed of the machine is taken out by the calibration, and what it did not see by
 * what all measurements of a run share. Slower is what the samples say (rank test), what stands out from how much runs
 * differ when nothing changed (prediction interval), and what is great enough to matter, with Holm's correction for all
 * measurements of the run; half of alpha is for a single one, half for all of them together. Other work on the machine
 * makes some things wait and others not: what became slower is so whether it is taken out or not.
 * @param history oldest first, without this run.
 */
export function findRegressions(history: readonly HistoryRun[], run: HistoryRun, settings: RegressionOptions = regressionOptionsSchema.parse({})): Regressions {
  // Times with a calibration and times without one are not on one scale.
  const comparable = run.calibration === null ? history.map((each) => ({ ...each, calibration: null })) : history.filter(({ calibration }) => calibration !== null);
  const all = seriesOf(comparable, run);
  const compared = all.filter((series) => wellSampled(series, run, settings));
  const steadied = new Map(all.map((series) => [series, steady(series, compared, run, settings.alpha / 2)]));
  const findings = compare(compared.map((series) => steadied.get(series)!), run);
  const found = new Map(compared.map((series, index) => [series, findings[index]!]));
  const machineSpeed = ratioTo(median(comparable, ({ calibration }) => calibration), run.calibration);
  const machineContention = ratioTo(median(comparable, ({ contention }) => contention), run.contention);
  const doubts = [doubtOfSpeed(comparable, run), doubtOfContention(comparable, run)].filter((doubt) => Math.abs(doubt) >= Math.log(settings.smallestEffect));
  return {
    historyRuns: history.length,
    machineSpeed,
    machineContention,
    comparisons: all.map((series) => comparison(series, run, found.get(series), doubts, settings)),
    trends: all.map((series) => trendOf(steadied.get(series)!, found.get(series), settings.alpha)),
  };
}

/**
 * What waits for a clock does not follow the speed of the machine, for which all is corrected: at one beyond all before
 * nobody knows what does. The logarithm of how much may have to be put back.
 */
function doubtOfSpeed(history: readonly HistoryRun[], { calibration }: HistoryRun): number {
  return beyond(history.map((run) => run.calibration), calibration, 0);
}

/**
 * What waits for a core follows what else the machine has to do, for which nothing is corrected. Where that is beyond
 * what is usual, nobody knows what does. The logarithm of how much may have to be taken out.
 */
function doubtOfContention(history: readonly HistoryRun[], { contention }: HistoryRun): number {
  return -beyond(history.map((run) => run.contention), contention, 0.25);
}

/** Logarithm of how many times over all but the greatest of `usual` the value is, or (below 0) under all but the smallest. */
function beyond(usual: readonly (number | null | undefined)[], value: number | null | undefined, leftOut: number): number {
  const [least, most] = [quantile(usual, leftOut), quantile(usual, 1 - leftOut)];
  if (typeof value !== 'number' || least === undefined || most === undefined) return 0;
  return Math.log(value / Math.min(Math.max(value, least), most));
}

/**
 * @param doubts of what follows the machine and what does not, each the logarithm of a correction that may have to be
 *   made, or not.
 */
function comparison({ area, name, samples, shifts }: Series, run: HistoryRun, finding: Finding | undefined, doubts: readonly number[], { alpha, smallestEffect }: RegressionOptions): Comparison {
  const historySamples = sum(shifts, ([each, shift]) => (each === run ? 0 : shift.samples));
  const counts = { area, name, samples: samples.length, historySamples };
  if (finding === undefined) return { ...counts, verdict: 'insufficient samples', ratio: null, p: null };
  const smallest = Math.log(smallestEffect);
  const isSlower = finding.slower <= alpha && finding.effect + sum(doubts, (doubt) => Math.min(doubt, 0)) >= smallest;
  const isFaster = finding.faster <= alpha && finding.effect + sum(doubts, (doubt) => Math.max(doubt, 0)) <= -smallest;
  const p = finding.effect > 0 ? finding.slower : finding.faster;
  return { ...counts, verdict: isSlower ? 'slower' : isFaster ? 'faster' : 'same', ratio: Math.exp(finding.effect), p };
}
