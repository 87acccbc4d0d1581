import { expect, test } from '../../testing/index.ts';
import { KeyedQueue } from './keyed-queue.ts';

test('a slow key blocks no other, runs one job at a time, and runs again after a wake-up', async () => {
  let again = 0;
  const lanes = new KeyedQueue(() => void again++);
  const begun: string[] = [];
  const { promise, resolve } = withResolver();
  lanes.run('slow', () => {
    begun.push('slow');
    return promise;
  });
  lanes.run('quick', () => Promise.resolve(void begun.push('quick')));
  lanes.run('slow', () => Promise.resolve(void begun.push('slow at the same time')));
  expect(begun).toEqual(['slow', 'quick']);
  expect(again).toBe(0);

  resolve();
  await expect.poll(() => again).toBe(1);
  lanes.run('slow', () => Promise.resolve(void begun.push('slow once more')));
  expect(begun).toEqual(['slow', 'quick', 'slow once more']);
  await new Promise(setImmediate);
  expect(again, 'wake-ups, of which a job that nobody asked for again needs none').toBe(1);
});

test('a failed job can be retried', async () => {
  const lanes = new KeyedQueue(() => undefined);
  let isDone = false;
  lanes.run('bad', () => Promise.reject(Object.assign(new Error(), { stack: 'fails on purpose' })));
  await expect
    .poll(() => {
      lanes.run('bad', () => Promise.resolve(void (isDone = true)));
      return isDone;
    })
    .toBe(true);
});

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
