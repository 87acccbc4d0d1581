/** What is said of many measurements of the same thing. */
export interface Summary {
  readonly median: number;
  readonly p95: number;
  readonly n: number;
}

export function summarize(values: readonly number[]): Summary {
  return { median: median(values), p95: percentile(values, 95), n: values.length };
}

/** The value in the middle; of an even number of values, between the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/**
 * The value below which `percent` of the values lie, interpolated between neighbours (Hyndman and Fan's type 7, which
 * is the default of R and NumPy).
 * @throws RangeError when there are no values, of which nothing can be said.
 */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError('There is no percentile of no values.');
  const sorted = values.toSorted((a, b) => a - b);
  const position = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (position - below);
}

/**
 * Where the median of all that could be measured lies, with a confidence of at least 95 % and whatever its distribution
 * (order statistics, by the binomial distribution). Of fewer than six values nothing better is known than their
 * extremes.
 */
export function medianInterval(values: readonly number[]): [least: number, most: number] {
  const sorted = values.toSorted((a, b) => a - b);
  let outside = 0; // so many on either side
  for (let chance = 2 ** -sorted.length, tail = chance; tail <= 0.025; outside++) {
    chance *= (sorted.length - outside) / (outside + 1);
    tail += chance;
  }
  const first = Math.max(0, outside - 1);
  return [sorted[first]!, sorted[sorted.length - 1 - first]!];
}

/** How many times faster ours is. */
export function ratio(theirs: readonly number[], ours: readonly number[]): number {
  return median(theirs) / median(ours);
}

/** A number with three digits that mean something; more are noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
