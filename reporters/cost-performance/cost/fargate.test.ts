import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { billedSeconds, taskPrice } from './fargate.ts';
import { listPrices } from './price-table.ts';
import { overridePrices } from './prices.ts';

const small = { vcpu: 0.25, memoryGb: 0.5 };

test('a task is billed by the started second, for a minute at least', () => {
  const rows = [
    [0, 60],
    [5, 60],
    [59.999, 60],
    [60, 60],
    [60.001, 61],
    [60.2, 61],
    [61, 61],
    [3600, 3600],
  ] as const;
  expect(rows.map(([seconds]) => [seconds, billedSeconds(seconds)])).toEqual(rows);
});

test('rounding errors of summed seconds bill no extra second', () => {
  const seconds = Array.from({ length: 610 }, () => 0.1).reduce((sum, tenth) => sum + tenth);
  expect(seconds).toBeGreaterThan(61);
  expect(billedSeconds(seconds)).toBe(61);
});

test('task prices match a calculation by hand', () => {
  const price = (use: Parameters<typeof taskPrice>[0], prices = listPrices): string =>
    taskPrice(use, prices).toFixed(10);
  // A quarter of 0.04048 and half of 0.004445 are 0.0123425 an hour.
  expect(price({ ...small, seconds: 5 }), 'a minute').toBe('0.0002057083');
  expect(price({ ...small, seconds: 61 })).toBe('0.0002091368');
  expect(price({ ...small, seconds: 60.2 }), 'as 61').toBe('0.0002091368');
  // A quarter of 0.03238 and half of 0.00356 are 0.009875 an hour.
  expect(price({ ...small, seconds: 60, architecture: 'ARM64' })).toBe('0.0001645833');
  expect(price({ vcpu: 1, memoryGb: 2, seconds: 3600 })).toBe('0.0493700000');
  expect(price({ vcpu: 1, memoryGb: 2, seconds: 3600, storageGb: 20 }), 'included').toBe('0.0493700000');
  expect(price({ vcpu: 1, memoryGb: 2, seconds: 3600, storageGb: 30 }), 'ten more').toBe('0.0504800000');
  expect(
    price(
      { vcpu: 1, memoryGb: 2, seconds: 3600 },
      overridePrices(listPrices, { date: '2026-11-01', 'fargate.vcpu': 0.01 }),
    ),
  ).toBe('0.0188900000');
});

test('more time never costs less, and after the first minute each second costs the same', () => {
  const ms = fc.integer({ min: 0, max: 100_000_000 });
  fc.assert(
    fc.property(ms, ms, fc.constantFrom('X86_64' as const, 'ARM64' as const), (a, b, architecture) => {
      const price = (seconds: number): number => taskPrice({ ...small, architecture, seconds }, listPrices);
      expect(price(Math.min(a, b) / 1000)).toBeLessThanOrEqual(price(Math.max(a, b) / 1000));
      expect(price(a / 1000)).toBeGreaterThan(0);
      expect(billedSeconds(a / 1000 + 61) - billedSeconds(a / 1000 + 60)).toBe(1);
    }),
  );
});
