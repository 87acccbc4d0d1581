import { expect, test } from '@playwright/test';
import { over, type Round, slopes, times } from './costs.ts';

const round = (few: number, many: number): Round => ({
  few: { wall: few, cpu: 2 * few },
  many: { wall: many, cpu: 0 },
});

test('the start of a run is no part of what a test costs', () => {
  expect(slopes([round(3_000, 8_000), round(9_000, 14_000)], 500, 'wall')).toEqual([10, 10]);
  expect(slopes([round(500, 8_000)], 500, 'cpu')).toEqual([-2]);
});

test('costs over plain Playwright are compared within a round', () => {
  expect(over([12, 30], [10, 20])).toEqual([2, 10]);
  expect(times([20, 6], [2, 3])).toEqual([10, 2]);
});

test('a cost that cannot be told from nothing makes no endless ratio', () => {
  expect(times([5, 5, -1], [0, -3, -1])).toEqual([50, 50, 1]);
});
