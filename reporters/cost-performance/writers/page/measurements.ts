import type { Summary } from '../../summary/summary-schema.ts';
import { formatCount, formatValue, orInsufficient } from '../../../../helpers/lib/format.ts';
import { section, table } from './figure.ts';
import type { Html } from './html.ts';
import { latency } from './latency.ts';

/** All measurements: times as distributions, everything else as a table. */
export function measurements(summary: Summary): Html | undefined {
  const others = summary.measurements.filter(({ unit, n }) => n > 0 && unit !== 'ms' && unit !== 's');
  const times = latency(summary);
  if (times === undefined && others.length === 0) return undefined;
  return section(
    'latency',
    'Latency and what else was measured',
    times,
    others.length === 0
      ? undefined
      : table({
          caption: 'What is no duration',
          columns: [
            'Measurement',
            'Area',
            { number: 'Samples' },
            { number: 'Sum' },
            { number: 'Median' },
            { number: 'p95' },
            { number: 'p99' },
            { number: 'Max' },
          ],
          rows: others.map(({ name, area, unit, n, sum, median, p95, p99, max }) => {
            const format = (value: number): string => formatValue(value, unit);
            return [
              name,
              area,
              formatCount(n),
              format(sum),
              format(median),
              orInsufficient(p95, format),
              orInsufficient(p99, format),
              format(max),
            ];
          }),
        }),
  );
}
