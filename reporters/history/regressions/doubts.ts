import { quantile } from 'd3-array';
import type { HistoryRun } from '../history-run.ts';
import type { Finding } from './compare.ts';
import { enough } from './drift.ts';
import type { RegressionOptions } from './regression-options.ts';

/**
 * Corrections that may have to be made to an effect for the machine, or not, as logarithms: nobody knows what follows
 * it. They are those that are as great as an effect that matters.
 * @param others what was found of all other measurements.
 */
export function doubtsAbout(
  history: readonly HistoryRun[],
  run: HistoryRun,
  others: readonly Finding[],
  { smallestEffect }: RegressionOptions,
): number[] {
  // What waits for a clock does not follow its speed, for which all is corrected: at one beyond all before, that may
  // have to be put back.
  const speed = beyond(
    history.map(({ calibration }) => calibration),
    run.calibration,
    0,
  );
  // What waits for a core follows what else it has to do, for which nothing is corrected: with more or less than is
  // usual, that may have to be taken out, but no more than others show of it.
  const contention = within(
    beyond(
      history.map(({ contention: each }) => each),
      run.contention,
      0.25,
    ),
    others,
  );
  return [speed, -contention].filter((doubt) => Math.abs(doubt) >= Math.log(smallestEffect));
}

/**
 * Logarithm of how many times over what is usual a value is, or (below 0) under it.
 * @param leftOut the share of the greatest, and of the smallest, that are not usual.
 */
function beyond(
  usual: readonly (number | null | undefined)[],
  value: number | null | undefined,
  leftOut: number,
): number {
  const [least, most] = [quantile(usual, leftOut), quantile(usual, 1 - leftOut)];
  if (typeof value !== 'number' || least === undefined || most === undefined) return 0;
  return Math.log(value / Math.min(Math.max(value, least), most));
}

/** One in ten may have changed by itself. */
function within(doubt: number, others: readonly Finding[]): number {
  if (others.length < enough) return doubt;
  const effects = others.map(({ effect }) => effect);
  return Math.min(Math.max(doubt, Math.min(0, quantile(effects, 0.1)!)), Math.max(0, quantile(effects, 0.9)!));
}
