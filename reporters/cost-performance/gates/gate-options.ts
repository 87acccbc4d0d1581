import { z } from 'zod';

const share = 'a share from 0 to 1, or false';
const factor = 'a factor over 0, or false';
const either = 'true or false';

/** Each gate's limit; `false` switches it off. */
export const gateOptionsSchema = z.strictObject({
  /** Of the tests that ran; the least that may pass. */
  successRate: z.union([z.number().min(0, share).max(1, share), z.literal(false)], share).default(0.95),
  /**
   * How many times the duration that runs of these tests have by the history, the speed of the machine and what else it
   * had to do taken out.
   */
  duration: z.union([z.number().positive(factor), z.literal(false)], factor).default(2),
  /** Whether a run may not cost more than its budget. */
  cost: z.boolean(either).default(true),
  /** Whether nothing may have become slower. */
  regressions: z.boolean(either).default(true),
  /** Whether nothing may be left behind. */
  leftBehind: z.boolean(either).default(true),
});

export type GateOptions = z.infer<typeof gateOptionsSchema>;
