export {
  biweight,
  describe,
  type Description,
  geometricMean,
  thin,
  type Weighted,
  weightedMedian,
} from './describe.ts';
export { normalUpperTail, studentUpperQuantile, studentUpperTail } from './distributions.ts';
export { digamma, logGamma, trigamma, trigammaInverse } from './gamma.ts';
export { holm } from './holm.ts';
export { type RankSum, stratifiedRankSum, type Stratum } from './rank-sum.ts';
export { ratioTo } from './ratio.ts';
export { moderateVariances, type Variance } from './variances.ts';
