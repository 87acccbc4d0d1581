import { poll } from '../lib/wait.ts';

export interface Timeouts {
  /** Milliseconds. */
  readonly timeout?: number;
}

export const defaultTimeout = 60_000;
/** Milliseconds between two polls: short at first, later within the limits of a real service. */
const pace = { interval: 20, growth: 1.5, longest: 1_000 };

/** Looks until what it finds is done. @throws Error at the deadline, naming what was awaited. */
export async function awaited<T>(
  look: () => Promise<T>,
  isDone: (found: T) => boolean,
  what: (found: T) => string,
  { timeout = defaultTimeout }: Timeouts,
): Promise<T> {
  const found = await poll(look, isDone, { timeout, ...pace });
  if (!isDone(found)) throw new Error(`Waited ${timeout / 1000} s for ${what(found)}.`);
  return found;
}
