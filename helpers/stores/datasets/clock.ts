import type { Clock } from '../../lib/clock.ts';

/**
 * Stands still at the first moment of 2026. Datasets never read the wall clock: the same rows come out in every run,
 * so a cached database is still right tomorrow and a difference between two runs is never the calendar.
 */
export const fixedClock: Clock = { now: () => new Date('2026-01-01T00:00:00Z') };
