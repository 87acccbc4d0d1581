import { randomBytes } from 'node:crypto';
import type { FullConfig, Suite } from '@playwright/test/reporter';
import { z } from 'zod';

export const runnerSchema = z.object({
  /** Unique. */
  id: z.string(),
  /** Null for a run that is not divided. */
  shard: z.object({ current: z.number(), total: z.number() }).nullable(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
});
const metadata = z.object({ runner: runnerSchema });

/** One command `playwright test` whose blob is merged: a shard, a shard that is run again, or a whole run. */
export type Runner = Readonly<z.infer<typeof runnerSchema>>;

export function createRunner({ shard }: FullConfig): Runner {
  return { id: randomBytes(4).toString('hex'), shard, startedAt: Date.now() };
}

/**
 * Stores the runner in its projects' metadata, which survives in the blob: a merge says of no test which blob it is
 * from.
 */
export function noteRunner(runner: Runner, root: Suite): void {
  for (const suite of root.suites) {
    const project = suite.project()!;
    project.metadata = { ...project.metadata, runner };
  }
}

/** The runner of a suite in a merged report, which is its project's; undefined when it ran without this reporter. */
export function runnerOf(suite: Suite): Runner | undefined {
  return metadata.safeParse(suite.project()?.metadata).data?.runner;
}
