import { expect, test } from '@playwright/test';
import { median, medianInterval, percentile, ratio, rounded, summarize } from './statistics.ts';

test.describe('a median', () => {
  test('the median is the middle value, in any order', () => {
    expect(median([30, 1, 2])).toBe(2);
  });

  test('the median of an even number of values lies between the middle two', () => {
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  test('the median of one value is that value', () => {
    expect(median([7])).toBe(7);
  });
});

test.describe('a percentile', () => {
  test('a percentile is interpolated between neighbours', () => {
    expect(percentile([10, 20, 30, 40, 50], 25)).toBe(20);
    expect(percentile([10, 20], 95)).toBeCloseTo(19.5);
  });

  test('percentiles 0 and 100 are the smallest and the greatest value', () => {
    expect(percentile([3, 1, 2], 0)).toBe(1);
    expect(percentile([3, 1, 2], 100)).toBe(3);
  });

  test('computing a percentile does not change the values', () => {
    const values = [3, 1, 2];
    percentile(values, 95);
    expect(values).toEqual([3, 1, 2]);
  });

  test('a percentile of no values is refused', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
  });
});

for (const [n, least, most] of [
  [1, 1, 1],
  [5, 1, 5],
  [6, 1, 6],
  [8, 1, 8],
  [9, 2, 8],
  [20, 6, 15],
  [25, 8, 18],
] as const) {
  test(`the confidence interval of the median of 1 to ${n} is ${least} to ${most}`, () => {
    expect(medianInterval(Array.from({ length: n }, (_, index) => n - index))).toEqual([least, most]);
  });
}

test('a summary has the median, the 95th percentile and the number of values', () => {
  const values = Array.from({ length: 101 }, (_, index) => index);
  expect(summarize(values)).toEqual({ median: 50, p95: 95, n: 101 });
});

test("a ratio is how many times faster this project's median is", () => {
  expect(ratio([20, 20, 2000], [2, 2, 2])).toBe(10);
  expect(ratio([1], [2])).toBe(0.5);
});

test('a rounded number has three digits', () => {
  expect([0.123_456, 1.999_9, 1234.5].map(rounded)).toEqual([0.123, 2, 1230]);
});
