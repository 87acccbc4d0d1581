import { groups } from 'd3-array';
import type { TestRecord } from '../record.ts';
import { describe } from '../../../helpers/lib/statistics/index.ts';
import type { Summary } from './summary-schema.ts';
import { durationOf } from './tests.ts';

const most = 10;

/** The tests and fixtures that took most time, the slowest first. */
export function findSlowest(tests: readonly TestRecord[]): Summary['slowest'] {
  const fixtures = groups(
    tests.flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.fixtures)),
    ({ name }) => name,
  ).map(([name, all]) => {
    const { n, sum, median, max } = describe(all.map(({ ms }) => ms));
    return { name, n, total: sum, median, max };
  });
  return {
    tests: tests
      .filter(({ attempts }) => attempts.length > 0)
      .map((test) => ({ id: test.id, duration: durationOf(test) }))
      .toSorted((left, right) => right.duration - left.duration)
      .slice(0, most),
    fixtures: fixtures.toSorted((left, right) => right.total - left.total).slice(0, most),
  };
}
