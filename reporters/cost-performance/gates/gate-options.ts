import { z } from 'zod';

const share = 'a share from 0 to 1, or false';
const factor = 'a factor over 0, or false';
const either = 'true or false';

/** Each gate's limit; `false` switches it off. */
export const gateOptionsSchema = z.strictObject({
  /** The least share of the tests that must pass; one that was to run and did not is one too many. */
  successRate: z.union([z.number().min(0, share).max(1, share), z.literal(false)], share).default(0.95),
  /** The most that the duration may be, as a multiple of earlier runs, adjusted for the machine. */
  duration: z.union([z.number().positive(factor), z.literal(false)], factor).default(2),
  /** Whether a run must not exceed its budget. */
  cost: z.boolean(either).default(true),
  /** Whether nothing may become slower. */
  regressions: z.boolean(either).default(true),
  /** Whether nothing may be left behind. */
  leftBehind: z.boolean(either).default(true),
});

export type GateOptions = z.infer<typeof gateOptionsSchema>;
