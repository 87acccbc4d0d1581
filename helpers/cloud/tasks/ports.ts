import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for a program to take its ports: true, or false when it has ended before.
 * @param patience in milliseconds.
 * @throws Error when it does neither in time.
 */
export async function takesPorts(taken: Promise<unknown>, ended: Promise<number>, patience: number): Promise<boolean> {
  const giveUp = new AbortController();
  const outcome = await Promise.race([
    taken.then(() => true),
    ended.then(() => false),
    delay(patience, undefined, { signal: giveUp.signal }),
  ]);
  giveUp.abort();
  if (outcome === undefined)
    throw new Error(
      `the program does not take its ports within ${patience / 1000} s: process.on('message', ({ listen }, server) => …)`,
    );
  return outcome;
}
