import { expect, test } from '@playwright/test';
import { poll, until, waitFor } from './wait.ts';

const second = 1_000;

/** Counts up with each look, from 1. */
function counter(): () => number {
  let looks = 0;
  return () => ++looks;
}

test('polling ends with the first result that is done', async () => {
  expect(await poll(counter(), (found) => found === 3, { timeout: 30 * second, interval: 1 })).toBe(3);
  expect(await poll(counter(), () => true, { timeout: 0, interval: 30 * second })).toBe(1);
});

test('polling past the deadline ends with the last result', async () => {
  const start = performance.now();
  const found = await poll(counter(), () => false, { timeout: 40, interval: 10 });
  expect(found).toBeGreaterThan(1);
  expect(performance.now() - start).toBeGreaterThanOrEqual(40);
});

test('pauses grow up to the longest one', async () => {
  const looks = counter();
  await poll(looks, () => false, { timeout: 100, interval: 1, growth: 10, longest: 60 });
  expect(looks() - 1, 'after 0, 1, 11, 71 and 131 ms').toBeLessThanOrEqual(5);
});

test('a condition that never holds is false at the deadline', async () => {
  expect(await waitFor(() => false, 5)).toBe(false);
  const looks = counter();
  expect(await waitFor(async () => looks() === 2, 30 * second)).toBe(true);
});

test('an error of what is polled is passed on', async () => {
  const failing = (): Promise<never> => Promise.reject(new Error('gone'));
  await expect(until(failing, 30 * second, () => 'an answer')).rejects.toThrow('gone');
});

test('an answer that does not come is named at the deadline', async () => {
  for (const ask of [() => Promise.resolve(undefined), () => new Promise<undefined>(() => undefined)])
    await expect(until(ask, 30, () => 'an answer')).rejects.toThrow('Waited 0.03 s in vain for an answer');
});
