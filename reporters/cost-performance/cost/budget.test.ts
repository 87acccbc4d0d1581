import { expect, test } from '@playwright/test';
import { UsageError } from '../../../helpers/lib/usage.ts';
import { parseBudget } from './budget.ts';

test('a budget is an amount per run', () => {
  expect(parseBudget({ run: 0.5 })).toEqual({ run: 0.5 });
  expect(parseBudget({})).toEqual({});
});

test('an invalid budget is reported', () => {
  expect(() => parseBudget({ runs: 1 })).toThrow(new UsageError('Budget: "runs" is not known; known are run.'));
  expect(() => parseBudget({ run: -1 }, 'budget.json')).toThrow(
    new UsageError('budget.json: "run" is -1, and must be US dollars, 0 or more.'),
  );
  expect(() => parseBudget({ run: '5' })).toThrow(
    new UsageError('Budget: "run" is \'5\', and must be US dollars, 0 or more.'),
  );
  expect(() => parseBudget(5)).toThrow(new UsageError('Budget: 5 is no object.'));
});
