import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Milliseconds until the wait is given up. */
  readonly timeout: number;
  /** Milliseconds between two looks; default 20. */
  readonly interval?: number;
  /** How many times longer each pause is than the one before, up to `longest` milliseconds; default 1. */
  readonly growth?: number;
  readonly longest?: number;
}

/** Looks again and again until what it finds is done or the time is up. Returns what it found last. */
export async function poll<T>(
  look: () => T | Promise<T>,
  isDone: (found: T) => boolean,
  { timeout, interval = 20, growth = 1, longest = Infinity }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + timeout;
  for (let pause = interval; ; pause = Math.min(pause * growth, longest)) {
    const found = await look();
    if (isDone(found) || performance.now() > deadline) return found;
    await delay(pause);
  }
}

/** Polls until `condition` holds. Returns false after `timeout` milliseconds. */
export function waitFor(condition: () => boolean | Promise<boolean>, timeout: number, interval = 2): Promise<boolean> {
  return poll(condition, (holds) => holds, { timeout, interval });
}

/** How pauses grow where a server is asked, since each request takes time from the work that is waited for. */
const askingPace = { growth: 1.25, longest: 80 } as const;

/** Polls until `ask` returns a value, even if it hangs. @throws Error at the deadline, naming what was awaited. */
export async function until<T>(ask: () => Promise<T | undefined>, timeout: number, what: () => string): Promise<T> {
  const end = delay(timeout, undefined, { ref: false });
  const answer = await poll(
    () => Promise.race([ask(), end]),
    (found) => found !== undefined,
    { timeout, ...askingPace },
  );
  if (answer === undefined) throw new Error(`Waited ${timeout / 1000} s in vain for ${what()}`);
  return answer;
}
