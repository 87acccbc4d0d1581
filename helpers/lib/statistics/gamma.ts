/** The gamma function and its derivatives, for x > 0; formulas by their numbers in the NIST DLMF. */

const lanczos = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1_259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_59, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_572e-6,
  1.505_632_735_149_311_6e-7,
];

/** The logarithm of the gamma function, to some 14 digits (Lanczos 1964, g = 7, nine terms). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const base = x + 6.5;
  const series = lanczos.reduce((total, term, index) => total + (index === 0 ? term : term / (x - 1 + index)));
  return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(base) - base + Math.log(series);
}

/** The first derivative of `logGamma` (5.5.2 until 5.11.2 is exact enough). */
export function digamma(x: number): number {
  if (x < 10) return digamma(x + 1) - 1 / x;
  const square = 1 / (x * x);
  return Math.log(x) - 1 / (2 * x) - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)));
}

/** The second derivative of `logGamma`. */
export function trigamma(x: number): number {
  if (x < 10) return trigamma(x + 1) + 1 / (x * x);
  const square = 1 / (x * x);
  return 1 / x + square / 2 + (square / x) * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30)));
}

/** The inverse of `trigamma` for y > 0, by Newton's method on its reciprocal (Smyth 2004, appendix). */
export function trigammaInverse(y: number): number {
  let x = 0.5 + 1 / y;
  for (let step = Infinity; Math.abs(step) > 1e-9 * x;) {
    const value = trigamma(x);
    step = (value * (1 - value / y)) / tetragamma(x);
    x += step;
  }
  return x;
}

/** The third derivative of `logGamma`. */
function tetragamma(x: number): number {
  if (x < 10) return tetragamma(x + 1) - 2 / x ** 3;
  const square = 1 / (x * x);
  return -square * (1 + 1 / x + square * (1 / 2 - square * (1 / 6 - square * (1 / 6 - square * 0.3))));
}
