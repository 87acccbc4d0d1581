import { mean, median, sum, variance } from 'd3-array';
import { digamma, trigamma, trigammaInverse } from './gamma.ts';

export interface Variance {
  readonly value: number;
  /** Degrees of freedom of the estimate. */
  readonly freedom: number;
}

/** Fewer variances do not show how similar they are. */
const enough = 5;

/**
 * Shrinks the variances of similar things towards their common value, the more the more alike they are (empirical
 * Bayes: Smyth 2004, as in limma). An estimate from few values gains certainty from the others, which shows in its
 * degrees of freedom. Fewer than five are returned unchanged.
 */
export function moderateVariances(variances: readonly Variance[]): Variance[] {
  if (variances.length < enough) return [...variances];
  const floor = 1e-5 * median(variances, ({ value }) => value)!; // an estimate of exactly 0 has no logarithm
  if (floor === 0) return [...variances];
  const logs = variances.map(
    ({ value, freedom }) => Math.log(Math.max(value, floor)) - digamma(freedom / 2) + Math.log(freedom / 2),
  );
  const spread = variance(logs)! - mean(variances, ({ freedom }) => trigamma(freedom / 2))!;
  const prior = spread > 0 ? 2 * trigammaInverse(spread) : Infinity;
  const common = Math.exp(mean(logs)! + (prior === Infinity ? 0 : digamma(prior / 2) - Math.log(prior / 2)));
  const most = sum(variances, ({ freedom }) => freedom);
  return variances.map(({ value, freedom }) => ({
    value: prior === Infinity ? common : (prior * common + freedom * value) / (prior + freedom),
    freedom: Math.min(prior + freedom, most),
  }));
}
