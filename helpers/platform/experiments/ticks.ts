import { parseDuration } from './duration.ts';

/** How many times an experiment is scraped over its whole duration. */
export function ticksOf(duration: string, interval: number): number {
  return Math.max(1, Math.floor(parseDuration(duration)! / interval));
}

/** Whether a variant with this share of the scrapes, in percent, gets this one. Evenly spread. */
export function isScraped(tick: number, percentage: number): boolean {
  return Math.floor(((tick + 1) * percentage) / 100) > Math.floor((tick * percentage) / 100);
}
