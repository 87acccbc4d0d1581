import { poll } from '../lib/wait.ts';

/** Looks until there is something, or `timeout` milliseconds are over; ever less often, up to every 50 ms. */
export function longPoll<T>(timeout: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
  return poll(look, (found) => found !== undefined, { timeout, interval: 5, growth: 2, longest: 50 });
}
