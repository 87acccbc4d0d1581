import { withFault } from '../../../faults/inject.ts';
import { expect, test } from '../../../testing/index.ts';
import { controllerParts } from '../controller/parts.ts';
import { nothing, reductionOf } from './store.ts';
import { judge } from './verdict.ts';

const kpis = { cardinalityReduction: 40, latencyIncrease: 5, errorRate: 1, criticalProcessCoverage: 90 };

test('a criterion is met when exactly its limit is found', async ({ fault }) => {
  const limits = {
    min_cardinality_reduction: 40,
    max_latency_increase: 5,
    max_error_rate: 1,
    critical_process_coverage: 90,
  };
  const { judge: judging } = await withFault('experiments', controllerParts, fault);
  const { passed, results } = judging.judge(kpis, limits);
  expect(passed).toBe(true);
  expect(results).toEqual({
    recommendation: 'adopt_candidate',
    summary: 'The candidate meets every criterion: 40 % fewer series, 90 % of the critical processes kept.',
    cardinality_reduction: 40,
    latency_increase: 5,
    error_rate: 1,
    critical_process_coverage: 90,
    criteria: [
      { criterion: 'min_cardinality_reduction', expected: 40, found: 40, met: true },
      { criterion: 'max_latency_increase', expected: 5, found: 5, met: true },
      { criterion: 'max_error_rate', expected: 1, found: 1, met: true },
      { criterion: 'critical_process_coverage', expected: 90, found: 90, met: true },
    ],
  });
});

test('each criterion is missed just beyond its limit, and the summary names those that are', () => {
  const { passed, results } = judge.judge(kpis, {
    min_cardinality_reduction: 40.01,
    max_latency_increase: 4.99,
    max_error_rate: 0.99,
    critical_process_coverage: 90.01,
  });
  expect(passed).toBe(false);
  expect(results.criteria.map(({ met }) => met)).toEqual([false, false, false, false]);
  expect(results.recommendation).toBe('keep_baseline');
  expect(results.summary).toBe(
    'The candidate misses min_cardinality_reduction (40 instead of 40.01), max_latency_increase (5 instead of 4.99), max_error_rate (1 instead of 0.99), critical_process_coverage (90 instead of 90.01): 40 % fewer series, 90 % of the critical processes kept.',
  );
  const one = judge.judge(kpis, { min_cardinality_reduction: 30, max_error_rate: 0 });
  expect(one.passed).toBe(false);
  expect(one.results.summary).toMatch(/^The candidate misses max_error_rate \(1 instead of 0\): /);
});

test('a candidate that saves nothing is not recommended, whatever it meets', () => {
  const { passed, results } = judge.judge({ ...kpis, cardinalityReduction: 0 }, {});
  expect([passed, results.recommendation, results.criteria]).toEqual([true, 'keep_baseline', []]);
});

test('results have two decimals, and criteria are judged by the whole number', () => {
  const { passed, results } = judge.judge({ ...kpis, errorRate: 1.004 }, { max_error_rate: 1 });
  expect([passed, results.error_rate, results.criteria[0]?.found]).toEqual([false, 1, 1]);
  expect(judge.judge({ ...kpis, errorRate: 12.3456 }, {}).results.error_rate).toBe(12.35);
});

test('a reduction compares points for each well-formed sample, and is 0 while there is nothing to compare', () => {
  const of = (points: number, samples: number, errors = 0) => ({ ...nothing, points, samples, errors });
  expect(reductionOf({ baseline: of(200, 100), candidate: of(50, 50) })).toBe(50);
  expect(reductionOf({ baseline: of(200, 110, 10), candidate: of(100, 120, 20) })).toBe(50);
  expect(reductionOf({ baseline: of(100, 100), candidate: of(150, 100) })).toBe(-50);
  expect(reductionOf({ baseline: nothing, candidate: of(50, 50) })).toBe(0);
  expect(reductionOf({ baseline: of(200, 100), candidate: nothing })).toBe(0);
  expect(reductionOf({ baseline: of(0, 100), candidate: of(50, 50) })).toBe(0);
});
