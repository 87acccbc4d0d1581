import { greatest, rollup, sum } from 'd3-array';
import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import { formatCount, formatUsd, formatValue } from '../../../helpers/lib/format.ts';
import { describe } from '../../../helpers/lib/statistics/index.ts';

/** What a test cost and did, for people: `$0.0031 · 412 rows · p95 38 ms`. What is nothing is left out. */
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

/** Of what it measured most often: the 95th percentile, or with few samples the median. */
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
