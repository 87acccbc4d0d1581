import { expect, test } from '@playwright/test';
import type { Summary } from '../summary/summary-schema.ts';
import { emptySummary, richSummary } from '../../../helpers/testing/cost-performance/sample-summary/index.ts';
import { costSentence, described, errorOf, leftBehind, mainMeasurement, moneyIn, verdictOf } from './words.ts';

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
  ['passed', { total: 5, passed: 4, flaky: 1 }, [], true, '4 tests passed, 1 flaky'],
  ['timedout', { total: 1, didNotRun: 1 }, [], false, 'Out of time: the test did not run'],
  ['failed', { total: 6, passed: 5, didNotRun: 1 }, [], false, '5 tests passed, 1 did not run'],
  ['failed', { total: 5, passed: 3, failed: 1, flaky: 1 }, [], false, '1 of 5 tests failed, 1 flaky'],
  ['failed', {}, [], false, 'no test ran'],
  ['passed', { total: 6, passed: 6 }, [gate], false, 'all 6 tests passed, and 1 gate failed'],
  ['failed', { total: 1, failed: 1 }, [gate, gate], false, '1 of 1 test failed, and 2 gates failed'],
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

for (const [shards, sentence] of [
  [['2/3'], 'all 2 tests passed, shard 2/3 missing'],
  [['1/3', '2/3'], 'all 2 tests passed, shards 1/3, 2/3 missing'],
] as const)
  test(`the verdict on a run without shards ${shards.join(' and ')} names them, and is not good`, () => {
    const run = { ...emptySummary().run, status: 'failed' as const, missingShards: [...shards] };
    expect(verdictOf({ run, tests: { ...none, total: 2, passed: 2 }, gates: [] })).toEqual({ good: false, sentence });
  });

test('spent and notional money are two, and the latter stands alone when nothing was spent', () => {
  const { cost } = emptySummary();
  const costing = (spent: number, notional: number, more: Partial<Summary['cost']> = {}): Summary['cost'] => ({
    ...cost,
    spent: { ...cost.spent, total: spent },
    notional: { ...cost.notional, total: notional },
    ...more,
  });
  const kinds = (spent: number, notional: number): string[] =>
    moneyIn(costing(spent, notional)).map(({ kind, name }) => `${kind}: ${name}`);
  const [one, other] = ['spent: spent', 'notional: would cost'];
  expect([kinds(0, 0), kinds(0, 1), kinds(1, 0), kinds(1, 1)]).toEqual([[other], [other], [one], [one, other]]);

  const unknown = 'no estimate without a history, no budget';
  expect(costSentence(costing(0, 0))).toBe(`nothing, ${unknown}`);
  expect(costSentence(costing(2, 0))).toBe(`$2.00 spent, ${unknown}`);
  expect(costSentence(costing(2, 2))).toBe(`$2.00 spent, would have cost $2.00 (not billed), ${unknown}`);
  expect(costSentence(costing(2, 3, { wastedByRetries: 1, estimate: 4, budget: 5 }))).toBe(
    '$2.00 spent, would have cost $3.00 (not billed), $1.00 of it wasted by retries, estimate $4.00, budget $5.00',
  );
});

test('a comparison says how much and how surely, where that is known', () => {
  const comparison = { ...richSummary().regressions.comparisons[0]!, ratio: 1.38, p: 0.003 };
  const samples = { samples: 20, historySamples: 1 };
  expect(described({ ...comparison, ...samples })).toBe('+38 % (p = 0.003, 20 against 1 sample)');
  for (const unknown of [{ ratio: null }, { p: null }])
    expect(described({ ...comparison, ...samples, historySamples: 60, ...unknown })).toBe('20 against 60 samples');
});

test("an area's latency is its p95 in its unit, or with too few samples the median", () => {
  const { measurements, ...rest } = richSummary();
  const elsewhere = { ...measurements[0]!, area: 'elsewhere', name: 'session.coldStart', unit: 'bytes' as const };
  const rich: Summary = { ...rest, measurements: [elsewhere, ...measurements] };
  const area = rich.areas.find(({ name }) => name === 'sessions')!;
  const latency = { ...area.latency!, name: 'session.coldStart', median: 2, p95: 4 };
  expect(mainMeasurement({ ...area, latency }, rich)).toEqual({ name: 'session.coldStart', value: '4.0 s' });
  expect(mainMeasurement({ ...area, latency: { ...latency, p95: null } }, rich)?.value).toBe('2.0 s (median)');
  const others = [
    { ...latency, name: 'preview.get' },
    { ...latency, name: 'postgres.acquire' },
  ];
  expect(others.map((other) => mainMeasurement({ ...area, latency: other }, rich)?.value)).toEqual([
    '4.0 ms',
    '4.0 ms',
  ]);
  expect(mainMeasurement({ ...area, latency: null }, rich)).toBeUndefined();
});

test("a test's error is that of its last attempt that has one", () => {
  const [one] = richSummary().all as [Summary['all'][number]];
  const attempts = ['first', 'second', undefined].map((error) => ({ ...one.attempts[0]!, error }));
  expect(errorOf({ ...one, attempts })).toBe('second');
  expect(errorOf({ ...one, attempts: attempts.slice(2) })).toBeUndefined();
});

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
