import type { Results, SuccessCriteria } from '../contract.ts';
import type { Kpis } from './store.ts';

export interface Verdict {
  readonly passed: boolean;
  readonly results: Results;
}

/** Judges the results of an experiment. */
export interface VerdictPolicy {
  judge(kpis: Kpis, criteria: SuccessCriteria): Verdict;
}

export const judge: VerdictPolicy = {
  judge(kpis, wanted) {
    const criteria: Results['criteria'] = [
      ...atLeast('min_cardinality_reduction', wanted.min_cardinality_reduction, kpis.cardinalityReduction),
      ...atMost('max_latency_increase', wanted.max_latency_increase, kpis.latencyIncrease),
      ...atMost('max_error_rate', wanted.max_error_rate, kpis.errorRate),
      ...atLeast('critical_process_coverage', wanted.critical_process_coverage, kpis.criticalProcessCoverage),
    ];
    const missed = criteria.filter(({ met }) => !met);
    const passed = missed.length === 0;
    const figures = `${rounded(kpis.cardinalityReduction)} % fewer series, ${rounded(kpis.criticalProcessCoverage)} % of the critical processes kept`;
    return {
      passed,
      results: {
        recommendation: passed && kpis.cardinalityReduction > 0 ? 'adopt_candidate' : 'keep_baseline',
        summary: passed
          ? `The candidate meets every criterion: ${figures}.`
          : `The candidate misses ${missed.map(({ criterion, expected, found }) => `${criterion} (${found} instead of ${expected})`).join(', ')}: ${figures}.`,
        cardinality_reduction: rounded(kpis.cardinalityReduction),
        latency_increase: rounded(kpis.latencyIncrease),
        error_rate: rounded(kpis.errorRate),
        critical_process_coverage: rounded(kpis.criticalProcessCoverage),
        criteria,
      },
    };
  },
};

function atLeast(criterion: string, expected: number | undefined, found: number): Results['criteria'] {
  return expected === undefined ? [] : [{ criterion, expected, found: rounded(found), met: found >= expected }];
}

function atMost(criterion: string, expected: number | undefined, found: number): Results['criteria'] {
  return expected === undefined ? [] : [{ criterion, expected, found: rounded(found), met: found <= expected }];
}

function rounded(percent: number): number {
  return Math.round(percent * 100) / 100;
}
