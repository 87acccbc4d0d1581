import { median, sum } from 'd3-array';
import type { HistoryRun } from '../history-run.ts';
import { ratioTo } from '../../../helpers/lib/statistics/index.ts';
import { compare, type Finding } from './compare.ts';
import { doubtsAbout } from './doubts.ts';
import { adjustForMachine } from './drift.ts';
import { type RegressionOptions, regressionOptionsSchema } from './regression-options.ts';
import type { Regressions } from './result.ts';
import { type Series, seriesOf, wellSampled } from './series.ts';
import { trendOf } from './trend.ts';

export { type RegressionOptions, regressionOptionsSchema } from './regression-options.ts';
export { type Regressions, regressionsSchema } from './result.ts';

type Comparison = Regressions['comparisons'][number];

/**
 * Finds what became slower or faster, by measurement and area. Samples are compared within their test, so that a run of
 * some tests raises no alarm. The machine's speed is corrected by the calibration, and what that has missed by the
 * common drift of all measurements. A measurement is slower when the samples say so (rank test), when it exceeds the
 * usual differences between runs (prediction interval), and when the effect is relevant, with Holm's correction for all
 * measurements of the run; half of alpha is for a single one, half for all together. Other load on the machine delays
 * some measurements and not others, so a result must hold with and without that correction.
 * @param history oldest first, without this run.
 */
export function findRegressions(
  history: readonly HistoryRun[],
  run: HistoryRun,
  settings: RegressionOptions = regressionOptionsSchema.parse({}),
): Regressions {
  // Times with a calibration and times without one are on different scales.
  const comparable =
    run.calibration === null
      ? history.map((each) => ({ ...each, calibration: null }))
      : history.filter(({ calibration }) => calibration !== null);
  const all = seriesOf(comparable, run);
  const compared = all.filter((series) => wellSampled(series, run, settings));
  const steadied = new Map(all.map((series) => [series, adjustForMachine(series, compared, run, settings.alpha / 2)]));
  const findings = compare(
    compared.map((series) => steadied.get(series)!),
    run,
  );
  const found = new Map(compared.map((series, index) => [series, findings[index]!]));
  const machineSpeed = ratioTo(
    median(comparable, ({ calibration }) => calibration),
    run.calibration,
  );
  const machineContention = ratioTo(
    median(comparable, ({ contention }) => contention),
    run.contention,
  );
  const doubtsOf = (finding: Finding | undefined): number[] =>
    finding === undefined
      ? []
      : doubtsAbout(
          comparable,
          run,
          findings.filter((other) => other !== finding),
          settings,
        );
  return {
    historyRuns: history.length,
    machineSpeed,
    machineContention,
    comparisons: all.map((series) => comparison(series, run, found.get(series), doubtsOf(found.get(series)), settings)),
    trends: all.map((series) => trendOf(steadied.get(series)!, found.get(series), settings.alpha)),
  };
}

function comparison(
  { area, name, samples, shifts }: Series,
  run: HistoryRun,
  finding: Finding | undefined,
  doubts: readonly number[],
  { alpha, smallestEffect }: RegressionOptions,
): Comparison {
  const historySamples = sum(shifts, ([each, shift]) => (each === run ? 0 : shift.samples));
  const counts = { area, name, samples: samples.length, historySamples };
  if (finding === undefined) return { ...counts, verdict: 'insufficient samples', ratio: null, p: null };
  const smallest = Math.log(smallestEffect);
  const isSlower = finding.slower <= alpha && finding.effect + sum(doubts, (doubt) => Math.min(doubt, 0)) >= smallest;
  const isFaster = finding.faster <= alpha && finding.effect + sum(doubts, (doubt) => Math.max(doubt, 0)) <= -smallest;
  const p = finding.effect > 0 ? finding.slower : finding.faster;
  return { ...counts, verdict: isSlower ? 'slower' : isFaster ? 'faster' : 'same', ratio: Math.exp(finding.effect), p };
}
