import { logGamma } from './gamma.ts';

/** The probability that a standard normal value exceeds z, to seven digits (Numerical Recipes, `erfcc`). */
export function normalUpperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const coefficients = [
    -1.265_512_23, 1.000_023_68, 0.374_091_96, 0.096_784_18, -0.186_288_06, 0.278_868_07, -1.135_203_98, 1.488_515_87,
    -0.822_152_23, 0.170_872_77,
  ];
  const tail =
    (t * Math.exp(-x * x + coefficients.reduceRight((total, coefficient) => total * t + coefficient, 0))) / 2;
  return z >= 0 ? tail : 1 - tail;
}

/** The probability that a value of Student's t exceeds t. Degrees of freedom may be infinite. */
export function studentUpperTail(t: number, freedom: number): number {
  if (freedom === Infinity) return normalUpperTail(t);
  const tail = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t >= 0 ? tail : 1 - tail;
}

/** The t that is exceeded with probability p, 0 < p < 0.5, by bisection. */
export function studentUpperQuantile(p: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (studentUpperTail(high, freedom) > p) high *= 2;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (studentUpperTail(middle, freedom) > p) low = middle;
    else high = middle;
  }
  return high;
}

/** The regularised incomplete beta function I_x(a, b), by Lentz's method of 1976 (DLMF 8.17.22). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const factor = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1, change = 0; Math.abs(change - 1) > 1e-14; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= d * c;
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    change = d * c;
    fraction *= change;
  }
  return factor * fraction;
}
