import { expect, test } from '@playwright/test';
import { OnceEach } from './once.ts';

test('a value is made once for each key', async () => {
  const once = new OnceEach<number>();
  let made = 0;
  const make = (): Promise<number> => Promise.resolve(++made);
  expect(await Promise.all(['a', 'b', 'a'].map((key) => once.get(key, make)))).toEqual([1, 2, 1]);
  expect(await once.get('b', make)).toBe(2);
  expect(await once.values()).toEqual([1, 2]);
});

test('a failure is shared by those that wait for it, and forgotten', async () => {
  const once = new OnceEach<number>();
  let attempts = 0;
  const fail = (): Promise<number> => Promise.reject(new Error(`attempt ${++attempts}`));
  const results = await Promise.allSettled([once.get('a', fail), once.get('a', fail)]);
  expect(results.map((result) => String(result.status === 'rejected' && result.reason))).toEqual([
    'Error: attempt 1',
    'Error: attempt 1',
  ]);
  expect(once.has('a')).toBe(false);
  expect(await once.get('a', () => Promise.resolve(7))).toBe(7);
});

test('a failure does not forget what was made after it', async () => {
  const once = new OnceEach<number>();
  let fail = (): void => undefined;
  const failing = once.get(
    'a',
    () =>
      new Promise((_, reject) => {
        fail = () => reject(new Error('too late'));
      }),
  );
  once.forget('a');
  expect(await once.get('a', () => Promise.resolve(1))).toBe(1);
  fail();
  await expect(failing).rejects.toThrow('too late');
  expect(await once.get('a', () => Promise.resolve(2))).toBe(1);
});
