import { max, min } from 'd3-array';
import type { Summary } from './summary-schema.ts';

export type Histogram = Summary['measurements'][number]['histogram'];

const mostBins = 24;

/** Values in bins of equal width on a logarithmic scale; zero and negative ones count in the first bin. */
export function histogramOf(values: readonly number[]): Histogram {
  const positive = values.filter((value) => value > 0);
  const [low = 0, high = 0] = [min(positive), max(positive)];
  if (low === high) return { bounds: [low, high], counts: [values.length] };
  const bins = Math.min(mostBins, Math.max(4, Math.ceil(Math.sqrt(values.length) * 2)));
  const width = Math.log(high / low) / bins;
  const bounds = Array.from({ length: bins + 1 }, (_, index) =>
    index === bins ? high : low * Math.exp(index * width),
  );
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const bin = value <= low ? 0 : Math.min(Math.floor(Math.log(value / low) / width), bins - 1);
    counts[bin]! += 1;
  }
  return { bounds, counts };
}
