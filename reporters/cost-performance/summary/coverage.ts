import { groups, rollup, sum } from 'd3-array';
import type { RunRecord } from '../record.ts';
import { allMeasurements } from './measurements.ts';
import type { Summary } from './summary-schema.ts';

/** The platforms' documented operations that were called, with the statuses of the answers. */
export function summarizeCoverage(record: RunRecord): Summary['coverage'] {
  const measurements = allMeasurements(record).map(({ measurement }) => measurement);
  const calls = measurements.filter(({ name }) => name === 'api.calls');
  const documents = measurements.filter(({ name }) => name === 'api.documented');
  const apis = groups([...documents, ...calls], ({ attributes }) => attributes['api'] ?? '');
  return apis
    .map(([api]) => {
      const ofThis = calls.filter(({ attributes }) => attributes['api'] === api);
      const documented = new Set(
        documents
          .filter(({ attributes }) => attributes['api'] === api)
          .flatMap(({ attributes }) => attributes['operations']?.split('\n') ?? []),
      );
      const called = new Set(ofThis.map(({ attributes }) => attributes['operation'] ?? ''));
      const operations = [...new Set([...documented, ...called])].toSorted().map((operation) => ({
        operation,
        calls: Object.fromEntries(
          rollup(
            ofThis.filter(({ attributes }) => attributes['operation'] === operation),
            (all) => sum(all, ({ value }) => value),
            ({ attributes }) => attributes['status'] ?? '',
          ),
        ),
      }));
      return {
        api,
        operations,
        called: [...documented].filter((operation) => called.has(operation)).length,
        documented: documented.size,
      };
    })
    .toSorted((left, right) => (left.api < right.api ? -1 : 1));
}
