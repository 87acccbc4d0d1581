import { groups } from 'd3-array';
import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import type { RunRecord } from '../record.ts';
import { describe } from '../../../helpers/lib/statistics/index.ts';
import { histogramOf } from './histogram.ts';
import type { Summary } from './summary-schema.ts';

type Described = Summary['measurements'][number];

/** Every measured value, with its area. */
export function allMeasurements({
  tests,
  shards,
}: RunRecord): { readonly area: string; readonly measurement: Measurement }[] {
  return [
    ...tests.flatMap(({ area, attempts }) =>
      attempts.flatMap(({ measurements }) => measurements.map((measurement) => ({ area, measurement }))),
    ),
    ...shards.flatMap(({ ledger }) => ledger),
  ];
}

/** Describes each measurement, by area and name. */
export function describeMeasurements(record: RunRecord): Described[] {
  return groups(allMeasurements(record), ({ area, measurement: { name, unit, scope = 'test' } }) =>
    JSON.stringify([area, name, unit, scope]),
  )
    .map(([key, all]): Described => {
      const [area, name, unit, scope] = JSON.parse(key) as [string, string, Described['unit'], Described['scope']];
      const values = all.map(({ measurement }) => measurement.value);
      return { area, name, unit, scope, ...describe(values), histogram: histogramOf(values) };
    })
    .toSorted(
      (left, right) =>
        compare(left.area, right.area) || compare(left.name, right.name) || compare(left.scope, right.scope),
    );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
