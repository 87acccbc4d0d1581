import { z } from 'zod';
import { UsageError } from '../../../helpers/usage.ts';

const schema = z.strictObject({
  /** How many times slower, or faster, at least: less matters to nobody. */
  smallestEffect: z.number().gt(1).default(1.25),
  /** The chance that a run of unchanged code is told slower in anything at all; the same again for faster. */
  alpha: z.number().gt(0).max(0.2).default(0.01),
  /** Fewer runs of the history do not tell how much runs differ. */
  minimumRuns: z.int().min(3).default(5),
  /** Of this run, and of each run of the history that counts as one. */
  minimumSamples: z.int().min(1).default(5),
});

export type RegressionOptions = Readonly<z.infer<typeof schema>>;

/**
 * What a user set, over the defaults.
 * @throws UsageError when there is no such option, or no such value for it.
 */
export function readRegressionOptions(options: unknown): RegressionOptions {
  const { data, error } = schema.safeParse(options);
  if (data !== undefined) return data;
  const { path, message } = error.issues[0]!;
  throw new UsageError(`The reporter's option ${['regressions', ...path].join('.')} cannot be used: ${message}. Known are ${Object.keys(schema.shape).join(', ')}.`);
}
