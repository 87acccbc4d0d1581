import { expect, test } from '@playwright/test';
import { sum } from 'd3-array';
import fc from 'fast-check';
import { histogramOf } from './histogram.ts';

test('every value is in one bin, and bins are in ascending order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1 }), (values) => {
      const { bounds, counts } = histogramOf(values);
      expect(sum(counts)).toBe(values.length);
      expect(bounds).toHaveLength(counts.length + 1);
      expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
      expect([bounds[0], bounds.at(-1)]).toEqual([Math.min(...values), Math.max(...values)]);
    }),
  );
});

test('bins have equal ratios', () => {
  expect(histogramOf([1, 10, 100, 1000])).toEqual({
    bounds: [1, expect.closeTo(5.62, 2), expect.closeTo(31.6, 1), expect.closeTo(178, 0), 1000],
    counts: [1, 1, 1, 1],
  });
});

test('zero falls into the first bin', () => {
  expect(histogramOf([0, 1, 1000]).counts).toEqual([2, 0, 0, 1]);
});

test('equal values make one bin, and no values none', () => {
  expect(histogramOf([4, 4])).toEqual({ bounds: [4, 4], counts: [2] });
  expect(histogramOf([])).toEqual({ bounds: [0, 0], counts: [0] });
});
