import type { Clock } from '../../lib/clock.ts';

/** Always the first moment of 2026: datasets that read the wall clock would differ from run to run. */
export const fixedClock: Clock = { now: () => new Date('2026-01-01T00:00:00Z') };
