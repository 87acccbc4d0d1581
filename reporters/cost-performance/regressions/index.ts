import { median, sum } from 'd3-array';
import type { HistoryRun } from '../history/index.ts';
import type { Summary } from '../summary/schema.ts';
import { compare, type Finding } from './compare.ts';
import { steady } from './drift.ts';
import { defaultOptions, type RegressionOptions } from './options.ts';
import { type Series, seriesOf, wellSampled } from './series.ts';
import { trendOf } from './trend.ts';

export { defaultOptions, type RegressionOptions } from './options.ts';

type Regressions = Summary['regressions'];
type Comparison = Regressions['comparisons'][number];

/**
 * What became slower or faster, by measurement and area. Samples are compared within their test, so that a run of some
 * of the tests raises no alarm; the speed of the machine is taken out by the calibration, and what it did not see by
 * what all measurements of a run share. Slower is what the samples say (rank test), what stands out from how much runs
 * differ when nothing changed (prediction interval), and what is great enough to matter, with Holm's correction for all
 * measurements of the run.
 * @param history oldest first, without this run.
 */
export function findRegressions(history: readonly HistoryRun[], run: HistoryRun, options: Partial<RegressionOptions> = {}): Regressions {
  const settings = { ...defaultOptions, ...options };
  // Times with a calibration and times without one are not on one scale.
  const comparable = run.calibration === null ? history.map((each) => ({ ...each, calibration: null })) : history.filter(({ calibration }) => calibration !== null);
  const all = seriesOf(comparable, run);
  const compared = all.filter((series) => wellSampled(series, run, settings));
  const steadied = new Map(all.map((series) => [series, steady(series, compared, run)]));
  const findings = compare(compared.map((series) => steadied.get(series)!), run);
  const found = new Map(compared.map((series, index) => [series, findings[index]!]));
  const usual = median(comparable, ({ calibration }) => calibration);
  return {
    historyRuns: history.length,
    machineSpeed: run.calibration === null || usual === undefined ? null : run.calibration / usual,
    comparisons: all.map((series) => comparison(series, run, found.get(series), settings)),
    trends: all.map((series) => trendOf(steadied.get(series)!, found.get(series), settings.alpha)),
  };
}

function comparison({ area, name, samples, shifts }: Series, run: HistoryRun, finding: Finding | undefined, settings: RegressionOptions): Comparison {
  const historySamples = sum(shifts, ([each, shift]) => (each === run ? 0 : shift.samples));
  const counts = { area, name, samples: samples.length, historySamples };
  if (finding === undefined) return { ...counts, verdict: 'insufficient samples', ratio: null, p: null };
  const slower = finding.effect > 0;
  const p = slower ? finding.slower : finding.faster;
  const isChange = p <= settings.alpha && Math.abs(finding.effect) >= Math.log(settings.smallestEffect);
  return { ...counts, verdict: isChange ? (slower ? 'slower' : 'faster') : 'same', ratio: Math.exp(finding.effect), p };
}
