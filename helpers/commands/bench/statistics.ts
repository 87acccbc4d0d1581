import { quantile } from 'd3-array';

/** Summary of many measurements of the same quantity. */
export interface Summary {
  readonly median: number;
  readonly p95: number;
  readonly n: number;
}

export function summarize(values: readonly number[]): Summary {
  return { median: median(values), p95: percentile(values, 95), n: values.length };
}

/** The middle value; for an even number of values the mean of the middle two. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `percent` of the values lie, interpolated. @throws RangeError when there are no values. */
export function percentile(values: readonly number[], percent: number): number {
  const found = quantile(values, percent / 100);
  if (found === undefined) throw new RangeError('There is no percentile of no values.');
  return found;
}

/**
 * An interval that contains the true median with at least 95 % confidence, whatever the distribution (order statistics,
 * by the binomial distribution). For fewer than six values it is their whole range.
 */
export function medianInterval(values: readonly number[]): [least: number, most: number] {
  const sorted = values.toSorted((a, b) => a - b);
  let outside = 0; // values left out on either side
  for (let chance = 2 ** -sorted.length, tail = chance; tail <= 0.025; outside++) {
    chance *= (sorted.length - outside) / (outside + 1);
    tail += chance;
  }
  const first = Math.max(0, outside - 1);
  return [sorted[first]!, sorted[sorted.length - 1 - first]!];
}

/** How many times faster this project is. */
export function ratio(theirs: readonly number[], ours: readonly number[]): number {
  return median(theirs) / median(ours);
}

/** A number with three significant digits; more are noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
