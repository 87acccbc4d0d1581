import { createHash } from 'node:crypto';
import type { Suite } from '@playwright/test/reporter';
import { z } from 'zod';
import { identityOf } from '../history/index.ts';

const schema = z.object({
  /** The number of tests of the whole run. */
  tests: z.number(),
  /** Identifies the division. */
  fingerprint: z.string(),
});
const metadata = z.object({ shards: schema });

/** A shard's view of how the whole run is divided. All shards must agree, or tests are lost. */
export type Plan = Readonly<z.infer<typeof schema>>;

/** The plan for an assignment of units to shards; empty when Playwright divides by itself. */
export function planOf(shardOf: ReadonlyMap<string, number>, tests: number): Plan {
  const pairs = [...shardOf].map(([id, shard]) => `${id} ${shard}`).toSorted();
  return { tests, fingerprint: createHash('sha1').update(pairs.join('\n')).digest('hex') };
}

/**
 * Stores the plan in each project's metadata, where it survives in the blob; of the configurations' metadata a merge
 * keeps only the last.
 */
export function notePlan(plan: Plan, projects: readonly Suite[]): void {
  for (const suite of projects) {
    const project = suite.project()!;
    project.metadata = { ...project.metadata, shards: plan };
  }
}

/** Describes in one sentence why merged shards are not the whole run; undefined when they are. */
export function complaintAbout(root: Suite): string | undefined {
  const parts = root.suites.flatMap((suite) => {
    const { success, data } = metadata.safeParse(suite.project()?.metadata);
    return success ? [{ plan: data.shards, tests: suite.allTests().map(identityOf) }] : [];
  });
  const [first] = parts;
  if (first === undefined) return undefined;
  if (parts.some(({ plan }) => plan.fingerprint !== first.plan.fingerprint))
    return 'The shards were not divided alike, so that tests may be missing or have run twice: give every shard the same history, the same arguments and the same number of workers.';
  // A shard that was run again has its tests in two reports.
  const tests = new Set(parts.flatMap((part) => part.tests)).size;
  return tests === first.plan.tests
    ? undefined
    : `Of ${first.plan.tests} tests ${tests} are in the merged report: the report of a shard is missing.`;
}
