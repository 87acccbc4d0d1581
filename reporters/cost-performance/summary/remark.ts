import { greatest, rollup, sum } from 'd3-array';
import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import { formatCount, formatUsd, formatValue } from '../../../helpers/lib/format.ts';
import { describe } from '../../../helpers/lib/statistics/index.ts';

/** A test's cost and work in one line: `$0.0031 · 412 rows · p95 38 ms`. Zeros are left out. */
export function remark(usd: number, measurements: readonly Measurement[]): string {
  const rows = sum(
    measurements.filter(({ name }) => /\.rows(Read|Written)$/.test(name)),
    ({ value }) => value,
  );
  return [
    formatUsd(usd),
    ...(rows === 0 ? [] : [`${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`]),
    ...latency(measurements),
  ].join(' · ');
}

/** The 95th percentile of its most frequent measurement, or with few samples the median. */
function latency(measurements: readonly Measurement[]): string[] {
  const own = measurements.filter(({ unit, scope }) => unit === 'ms' && scope !== 'worker');
  const [, values = []] =
    greatest(
      rollup(
        own,
        (all) => all.map(({ value }) => value),
        ({ name }) => name,
      ),
      ([, all]) => all.length,
    ) ?? [];
  if (values.length === 0) return [];
  const { median, p95 } = describe(values);
  return [p95 === null ? `median ${formatValue(median, 'ms')}` : `p95 ${formatValue(p95, 'ms')}`];
}
