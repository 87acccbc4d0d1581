export { biweight, describe, geometricMean, thin, weightedMedian } from './describe.ts';
export { studentUpperQuantile, studentUpperTail } from './distributions.ts';
export { digamma, trigamma, trigammaInverse } from './gamma.ts';
export { holm } from './holm.ts';
export { stratifiedRankSum } from './rank-sum.ts';
export { ratioTo } from './ratio.ts';
export { moderateVariances, type Variance } from './variances.ts';
