import { z } from 'zod';

const share = z.number().min(0).max(1);

/** Each gate's limit; `false` switches it off. */
export const gateOptionsSchema = z.strictObject({
  /** Of the tests that ran; the least that may pass. */
  successRate: z.union([share, z.literal(false)]).default(0.95),
  /** How many times the duration that runs of these tests have by the history, the speed of the machine taken out. */
  duration: z.union([z.number().positive(), z.literal(false)]).default(2),
  /** Whether a run may not cost more than its budget. */
  cost: z.boolean().default(true),
  /** Whether nothing may have become slower. */
  regressions: z.boolean().default(true),
  /** Whether nothing may be left behind. */
  leftBehind: z.boolean().default(true),
});

export type GateOptions = z.infer<typeof gateOptionsSchema>;
