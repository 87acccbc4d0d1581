import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for a program to listen on its ports: true, or false when it has ended before.
 * @param patience milliseconds.
 * @throws Error when neither happens in time.
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
