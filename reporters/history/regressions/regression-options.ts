import { z } from 'zod';

const effect = 'a factor over 1';
const chance = 'a chance over 0, and 0.2 at most';
const runs = 'a whole number, 3 or more';
const samples = 'a whole number, 1 or more';

/** What counts as slower. */
export const regressionOptionsSchema = z.strictObject({
  /** The smallest relevant factor, slower or faster. */
  smallestEffect: z.number(effect).gt(1, effect).default(1.25),
  /** The probability that a run of unchanged code is reported as slower in anything; the same again for faster. */
  alpha: z.number(chance).gt(0, chance).max(0.2, chance).default(0.01),
  /** Fewer runs of the history do not show how much runs differ. */
  minimumRuns: z.int(runs).min(3, runs).default(5),
  /** In this run, and in each run of the history that counts. */
  minimumSamples: z.int(samples).min(1, samples).default(5),
});

export type RegressionOptions = Readonly<z.infer<typeof regressionOptionsSchema>>;
