import { mean, median } from 'd3-array';
import { studentUpperQuantile } from '../../../helpers/lib/statistics/index.ts';
import type { Finding } from './compare.ts';
import type { AdjustedSeries } from './drift.ts';
import type { Regressions } from './result.ts';

/**
 * The medians of the runs as they had been on this run's machine, the last one being this run's own, and the band
 * within which it was to be expected but for alpha on either side.
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
