import { setTimeout as delay } from 'node:timers/promises';

/** Polls until `ask` returns a value. @throws Error at the deadline, naming what was awaited. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  timeout: number,
  what: () => string,
  interval = 20,
): Promise<T> {
  const deadline = performance.now() + timeout;
  const end = delay(timeout, undefined, { ref: false }); // `ask` may never answer
  for (;;) {
    const answer = await Promise.race([ask(), end]);
    if (answer !== undefined) return answer;
    if (performance.now() >= deadline) throw new Error(`Waited ${timeout / 1000} s in vain for ${what()}`);
    await delay(interval);
  }
}
