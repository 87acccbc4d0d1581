import { z } from 'zod';

const ms = z.number().nonnegative();

const test = z.strictObject({
  area: z.string(),
  duration: ms.describe('Of the attempt that passed, set-up and teardown included.'),
  cost: z
    .number()
    .nonnegative()
    .describe('US dollars, spent or notional; without its share of starts, where they are known.'),
  samples: z
    .record(z.string(), z.array(z.number()))
    .describe(
      'By name of the measurement, in milliseconds, ascending: all there were, or so many that stand for them.',
    ),
});

/** One line of the history, which later runs are compared with. */
export const historyRunSchema = z.strictObject({
  version: z.literal(1),
  startedAt: z.iso.datetime(),
  commit: z.string().optional(),
  duration: ms.describe('Wall clock.'),
  calibration: z
    .number()
    .positive()
    .nullable()
    .describe('Mean (of logarithms) time of the fixed piece of work, in milliseconds; null when none was measured.'),
  contention: z
    .number()
    .positive()
    .optional()
    .describe(
      'Mean (of logarithms) of how many times longer it took because of what else the machine had to do; absent when that was not measured.',
    ),
  starts: z
    .strictObject({ shard: z.number().nonnegative(), workers: z.record(z.string(), z.number().nonnegative()) })
    .optional()
    .describe('What it costs in US dollars to start a shard, and in a worker what the tests of an area need.'),
  tests: z.record(z.string(), test).describe('Those that passed, by their ids.'),
});

export type HistoryRun = z.infer<typeof historyRunSchema>;
