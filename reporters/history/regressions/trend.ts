import { mean, median } from 'd3-array';
import { studentUpperQuantile } from '../../../helpers/lib/statistics/index.ts';
import type { Finding } from './compare.ts';
import type { AdjustedSeries } from './drift.ts';
import type { Regressions } from './result.ts';

/**
 * The medians of the runs, adjusted to this run's machine, with this run's own as the last, and the band in which it
 * was expected, with alpha left on either side.
 */
export function trendOf(
  { series, before, now }: AdjustedSeries,
  finding: Finding | undefined,
  alpha: number,
): Regressions['trends'][number] {
  const ours = median(series.samples)!;
  const scaled = (shift: number): number => ours * Math.exp(shift - now);
  const band = (): [number, number] => {
    const [centre, reach] = [
      mean(before)!,
      studentUpperQuantile(alpha, finding!.spread.freedom) * Math.sqrt(finding!.spread.value),
    ];
    return [scaled(centre - reach), scaled(centre + reach)];
  };
  return {
    area: series.area,
    name: series.name,
    unit: 'ms',
    medians: [...before.map(scaled), ours],
    band: finding === undefined ? null : band(),
  };
}
