import { extent, median } from 'd3-array';
import type { HistoryRun } from '../history/index.ts';
import type { Series } from './series.ts';

/** A series without what is the machine's. */
export interface Steadied {
  readonly series: Series;
  /** What was taken out of each run, as a logarithm. */
  readonly drift: ReadonlyMap<HistoryRun, number>;
  /** Logarithms of how many times slower than usual: of the history's runs, oldest first, and of this one. */
  readonly before: readonly number[];
  readonly now: number;
}

/** Of fewer others it is not known what is common. */
const enough = 4;

/**
 * What all measurements of a run share is the machine's, as far as the calibration did not see it: the median shift of
 * the others, by run. Of this run only so much is taken out as runs before have drifted as well, so that code that became
 * slower everywhere does not pass for a slow machine.
 */
export function steady(series: Series, all: readonly Series[], run: HistoryRun): Steadied {
  const others = all.filter((other) => other !== series);
  const runs = [...series.shifts.keys()].filter((each) => each !== run);
  const common = (each: HistoryRun): number => {
    const shifts = others.flatMap((other) => other.shifts.get(each)?.value ?? []);
    return shifts.length < enough ? 0 : median(shifts)!;
  };
  const drift = new Map(runs.map((each) => [each, common(each)]));
  const [least = 0, most = 0] = extent(drift.values());
  drift.set(run, Math.min(Math.max(common(run), least), most));
  const without = (each: HistoryRun): number => (series.shifts.get(each)?.value ?? 0) - drift.get(each)!;
  return { series, drift, before: runs.map(without), now: without(run) };
}
