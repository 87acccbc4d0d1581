import type { Clock } from '../../lib/clock.ts';

/**
 * Always the first moment of 2026. Datasets never read the wall clock, so every run creates the same rows, a cached
 * database stays valid, and two runs never differ by the calendar.
 */
export const fixedClock: Clock = { now: () => new Date('2026-01-01T00:00:00Z') };
