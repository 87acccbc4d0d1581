import { quantile } from 'd3-array';
import type { HistoryRun } from '../history-run.ts';
import type { Finding } from './compare.ts';
import { enough } from './drift.ts';
import type { RegressionOptions } from './regression-options.ts';

/**
 * Possible corrections of an effect for the machine, as logarithms: it is unknown which measurements depend on its
 * speed and load. Only corrections as large as a relevant effect are returned.
 * @param others the findings of all other measurements.
 */
export function doubtsAbout(
  history: readonly HistoryRun[],
  run: HistoryRun,
  others: readonly Finding[],
  { smallestEffect }: RegressionOptions,
): number[] {
  // A measurement that waits for a clock does not depend on the machine's speed, which all are corrected for; when the
  // speed is beyond all earlier ones, that correction may have to be undone.
  const speed = beyond(
    history.map(({ calibration }) => calibration),
    run.calibration,
    0,
  );
  // A measurement that waits for a core depends on the machine's other load, which none is corrected for; when the load
  // is unusual, such a correction may be needed, but at most what the other measurements show.
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
 * The logarithm of how far a value is above (or, negative, below) the usual ones; 0 within them.
 * @param leftOut the share of the greatest, and of the smallest, values that do not count as usual.
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

/** One measurement in ten may have changed by itself. */
function within(doubt: number, others: readonly Finding[]): number {
  if (others.length < enough) return doubt;
  const effects = others.map(({ effect }) => effect);
  return Math.min(Math.max(doubt, Math.min(0, quantile(effects, 0.1)!)), Math.max(0, quantile(effects, 0.9)!));
}
