import { expect, test } from '@playwright/test';
import type { Summary } from '../summary/summary-schema.ts';
import { emptySummary } from '../../../helpers/testing/cost-performance/sample-summary/index.ts';
import { leftBehind, verdictOf } from './words.ts';

const none: Summary['tests'] = emptySummary().tests;
const gate: Summary['gates'][number] = {
  name: 'cost',
  state: 'failed',
  limit: '$1.00',
  found: '$2.00',
  sentence: 'It cost $2.00, and $1.00 is the most it may.',
};

const cases: readonly (readonly [
  status: Summary['run']['status'],
  tests: Partial<Summary['tests']>,
  gates: Summary['gates'],
  good: boolean,
  sentence: string,
])[] = [
  ['passed', { total: 148, passed: 148 }, [], true, 'all 148 tests passed'],
  ['passed', { total: 1, passed: 1 }, [], true, 'the test passed'],
  ['passed', { total: 5, passed: 4, skipped: 1 }, [], true, '4 tests passed, 1 skipped'],
  ['failed', { total: 5, passed: 4, flaky: 1 }, [], false, '4 tests passed, 1 flaky'],
  ['failed', { total: 5, passed: 3, failed: 2 }, [], false, '2 of 5 tests failed'],
  ['failed', { total: 5, passed: 5 }, [gate], false, 'all 5 tests passed, and 1 gate failed'],
  ['passed', { total: 5, passed: 5 }, [{ ...gate, state: 'unknown' }], true, 'all 5 tests passed'],
  ['failed', { total: 5, passed: 5 }, [], false, 'all 5 tests passed, and the run failed'],
  ['interrupted', { total: 5, passed: 2, didNotRun: 3 }, [], false, 'Interrupted: 2 tests passed, 3 did not run'],
  ['timedout', { total: 5, didNotRun: 5 }, [], false, 'Out of time: none of 5 tests ran'],
  ['interrupted', {}, [], false, 'Interrupted: no test ran'],
  ['passed', { total: 5, passed: 4, didNotRun: 1 }, [], false, '4 tests passed, 1 did not run'],
];

for (const [status, tests, gates, good, sentence] of cases) {
  test(`the verdict: ${sentence}${good ? '' : ', which is not good'}`, () => {
    const summary: Summary = {
      ...emptySummary(),
      run: { ...emptySummary().run, status },
      tests: { ...none, ...tests },
      gates,
    };
    expect(verdictOf(summary)).toEqual({ good, sentence });
  });
}

test("an area's leftovers are counted, and a dash is shown when their owner is unknown", () => {
  const shop = { name: 'shop' } as Summary['areas'][number];
  const found = (left: Summary['inventory']['leftBehind']): string =>
    leftBehind(shop, { ...emptySummary(), inventory: { before: null, after: null, leftBehind: left } });
  expect([
    found([]),
    found([
      { kind: 'tasks', name: 'one', area: 'shop' },
      { kind: 'tasks', name: 'two', area: 'other' },
    ]),
  ]).toEqual(['0', '1']);
  expect([found(null), found([{ kind: 'tasks', name: 'one' }])]).toEqual(['–', '–']);
});
