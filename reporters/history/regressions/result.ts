import { z } from 'zod';

const count = z.number().int().nonnegative();

const change = z.strictObject({
  area: z.string(),
  name: z.string(),
  verdict: z.enum(['slower', 'faster', 'same', 'insufficient samples']),
  ratio: z
    .number()
    .nullable()
    .describe('Of this run to its history, the speed of the machine taken out; null without enough samples.'),
  p: z.number().nullable().describe('Corrected for the number of comparisons.'),
  samples: count,
  historySamples: count,
});

/** What became slower or faster than in earlier runs. */
export const regressionsSchema = z.strictObject({
  historyRuns: count,
  machineSpeed: z.number().nullable().describe('Of this run to its history; 1.2 is a machine 20 % slower.'),
  machineContention: z
    .number()
    .nullable()
    .describe(
      'Of this run to its history: how many times longer work took because of what else the machine had to do.',
    ),
  comparisons: z.array(change),
  trends: z.array(
    z.strictObject({
      area: z.string(),
      name: z.string(),
      unit: z.string(),
      medians: z.array(z.number()).describe('Of each run of the history, oldest first, and of this one.'),
      band: z.tuple([z.number(), z.number()]).nullable().describe('Within which a run was to be expected.'),
    }),
  ),
});

export type Regressions = z.infer<typeof regressionsSchema>;
