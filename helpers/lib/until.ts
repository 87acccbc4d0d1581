import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is an answer. @throws Error at the deadline, which says what did not come. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  timeout: number,
  what: () => string,
  interval = 20,
): Promise<T> {
  const deadline = performance.now() + timeout;
  const end = delay(timeout, undefined, { ref: false }); // as who is asked may stand still
  for (;;) {
    const answer = await Promise.race([ask(), end]);
    if (answer !== undefined) return answer;
    if (performance.now() >= deadline) throw new Error(`Waited ${timeout / 1000} s in vain for ${what()}`);
    await delay(interval);
  }
}
