import { expect, test } from '@playwright/test';
import { Costs } from './costs.ts';

/** Costs of contenders with one run of 20 and one of 520 tests in each round, that take these milliseconds. */
function costs(rounds: Readonly<Record<string, readonly (readonly [few: number, many: number])[]>>): Costs {
  const times = (wall: number): { wall: number; cpu: number } => ({ wall, cpu: 3 * wall });
  const entries = Object.entries(rounds).map(
    ([key, each]) => [key, each.map(([few, many]) => ({ few: times(few), many: times(many) }))] as const,
  );
  return new Costs(new Map(entries), 20, 520);
}

const plain = [
  [3_000, 8_000],
  [9_000, 14_500],
] as const; // 10 and 11 ms a test

test('the start of a run is no part of what a test costs', () => {
  expect(costs({ plain }).perTest('plain', 'wall')).toEqual([10, 11]);
  expect(costs({ plain }).perTest('plain', 'cpu')).toEqual([30, 33]);
});

test('costs over plain Playwright are those of the same round', () => {
  const found = costs({
    plain,
    reset: [
      [4_000, 10_000],
      [9_500, 16_000],
    ],
  });
  expect(found.perTestOverPlain('reset', 'wall')).toEqual([2, 2]);
  expect(found.startOverPlain('reset')).toEqual([1_000, 500]);
});

test('a cost that cannot be told from nothing makes no endless ratio', () => {
  const found = costs({
    plain,
    reset: [
      [3_000, 8_000],
      [9_000, 14_000],
    ],
    truncate: [
      [3_000, 10_000],
      [9_000, 14_500],
    ],
  });
  expect(found.ratios('truncate', 'reset')).toEqual([40, 1]);
});
