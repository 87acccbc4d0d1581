import { expect, test } from '@playwright/test';
import { formatUsd } from './format.ts';

for (const [usd, text] of [
  [0, '$0'], [1e-9, '<$0.0001'], [0.000099, '<$0.0001'], [0.0001, '$0.0001'], [0.000206, '$0.0002'], [0.0031, '$0.0031'], [0.0206, '$0.0206'],
  [0.1, '$0.10'], [0.5, '$0.50'], [0.124, '$0.124'], [0.99996, '$1.00'], [1, '$1.00'], [1.239, '$1.24'], [1234.5, '$1,234.50'],
] as const) {
  test(`${usd} is ${text}`, () => {
    expect(formatUsd(usd)).toBe(text);
  });
}
