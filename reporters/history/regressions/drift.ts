import { mean, median, variance } from 'd3-array';
import type { HistoryRun } from '../history-run.ts';
import { studentUpperQuantile } from '../../../helpers/lib/statistics/index.ts';
import type { Series } from './series.ts';

/** A series without the machine's influence. */
export interface AdjustedSeries {
  readonly series: Series;
  /** The correction of each run, as a logarithm. */
  readonly drift: ReadonlyMap<HistoryRun, number>;
  /** Logarithms of how many times slower than usual: of the history's runs, oldest first, and of this one. */
  readonly before: readonly number[];
  readonly now: number;
}

/** Fewer others do not show what is common. */
export const enough = 4;

/**
 * What all measurements of a run share is attributed to the machine, as far as the calibration has missed it: the
 * median shift of the others, by run. It is subtracted from this run only when earlier runs drifted as much, within a
 * prediction interval that leaves `alpha` on either side; otherwise the code became slower everywhere, which must not
 * pass for a slow machine.
 */
export function adjustForMachine(
  series: Series,
  all: readonly Series[],
  run: HistoryRun,
  alpha: number,
): AdjustedSeries {
  const others = all.filter((other) => other !== series);
  const runs = [...series.shifts.keys()].filter((each) => each !== run);
  const common = (each: HistoryRun): number => {
    const shifts = others.flatMap((other) => other.shifts.get(each)?.value ?? []);
    return shifts.length < enough ? 0 : median(shifts)!;
  };
  const usual = runs.map(common);
  const drift = new Map(runs.map((each, index) => [each, usual[index]!]));
  drift.set(run, isAmong(common(run), usual, alpha) ? common(run) : 0);
  const without = (each: HistoryRun): number => (series.shifts.get(each)?.value ?? 0) - drift.get(each)!;
  return { series, drift, before: runs.map(without), now: without(run) };
}

function isAmong(value: number, usual: readonly number[], alpha: number): boolean {
  if (usual.length < 2) return false;
  const reach = studentUpperQuantile(alpha, usual.length - 1) * Math.sqrt(variance(usual)! * (1 + 1 / usual.length));
  return Math.abs(value - mean(usual)!) <= reach;
}
