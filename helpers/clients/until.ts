import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is an answer. @throws Error at the deadline, which says what did not come. */
export async function until<T>(ask: () => Promise<T | undefined>, timeout: number, what: () => string, interval = 20): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${timeout / 1000} s in vain for ${what()}`);
    await delay(interval);
  }
}
