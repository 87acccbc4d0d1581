import { mean, median, quantileSorted, sum } from 'd3-array';

/** Summary of many values of the same quantity, in their unit. */
export interface Description {
  readonly n: number;
  readonly sum: number;
  readonly median: number;
  /** Null below 20 values, because one value in 20 lies above it. */
  readonly p95: number | null;
  /** Null below 100 values. */
  readonly p99: number | null;
  readonly max: number;
}

/**
 * Describes values; percentiles are interpolated between neighbours (Hyndman and Fan 1996, type 7).
 * @throws RangeError when there are no values.
 */
export function describe(values: readonly number[]): Description {
  if (values.length === 0) throw new RangeError('There are no values to describe.');
  const sorted = values.toSorted((a, b) => a - b);
  const percentile = (share: number, needed: number): number | null =>
    sorted.length < needed ? null : quantileSorted(sorted, share)!;
  return {
    n: sorted.length,
    sum: sum(sorted),
    median: quantileSorted(sorted, 0.5)!,
    p95: percentile(0.95, 20),
    p99: percentile(0.99, 100),
    max: sorted.at(-1)!,
  };
}

/** The geometric mean of positive values: that of one half and two is 1. Undefined when there are none. */
export function geometricMean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.exp(mean(values, Math.log)!);
}

/** At most `most` values that represent all: evenly spaced order statistics with both ends, ascending. */
export function thin(values: readonly number[], most: number): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length <= most) return sorted;
  return Array.from({ length: most }, (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (most - 1))]!);
}

/**
 * A robust mean: values weigh less the farther they are from the median, and nothing beyond five median deviations
 * (Tukey's biweight, one step; Mosteller and Tukey 1977). As insensitive to outliers as the median, and for normal
 * values it varies a fifth less.
 */
export function biweight(values: readonly number[]): number {
  const all = new Float64Array(values);
  const centre = middleOf(all);
  const reach = 5 * middleOf(all.map((value) => Math.abs(value - centre)));
  if (reach === 0) return centre;
  let [weighted, weights] = [0, 0];
  for (const value of all) {
    const weight = Math.max(0, 1 - ((value - centre) / reach) ** 2) ** 2;
    weighted += value * weight;
    weights += weight;
  }
  return weighted / weights;
}

/** The median; typed arrays sort several times as fast as others. */
function middleOf(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2;
}

export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** The value with half of the weight on either side; the mean of the middle two where the half falls between them. */
export function weightedMedian(items: readonly Weighted[]): number {
  const sorted = items.toSorted((a, b) => a.value - b.value);
  const half = sum(sorted, ({ weight }) => weight) / 2;
  let below = 0;
  for (const [index, { value, weight }] of sorted.entries()) {
    below += weight;
    if (below > half) return value;
    if (below === half) return median([value, sorted[index + 1]!.value])!;
  }
  throw new RangeError('A median needs values with weight.');
}
