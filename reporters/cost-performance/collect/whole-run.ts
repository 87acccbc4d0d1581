import path from 'node:path';
import type { FullConfig, Suite, TestCase } from '@playwright/test/reporter';
import { z } from 'zod';
import { identityOf, neededProjects } from '../../history/index.ts';
import type { TestRecord } from '../record.ts';

/** A test of the whole run, whichever shard was to run it. */
export const plannedTestSchema = z.object({
  identity: z.string(),
  id: z.string(),
  area: z.string(),
  file: z.string(),
  line: z.number(),
  title: z.string(),
  tags: z.array(z.string()),
  isSkipped: z.boolean(),
});

export type PlannedTest = Readonly<z.infer<typeof plannedTestSchema>>;

/**
 * The tests of the whole run, as `preprocess` gets them before they are divided. Those that other projects depend on
 * are left out, because a shard needs them only for tests of its own.
 */
export function plannedTests(root: Suite, { rootDir, argv }: FullConfig): PlannedTest[] {
  if (argv.includes('--last-failed')) return []; // which removes tests later
  const needed = neededProjects(root.suites);
  return root.suites
    .filter((suite) => argv.includes('--no-deps') || !needed.has(suite.title))
    .flatMap((suite) => suite.allTests())
    .map((test) => ({
      ...describeTest(test, rootDir),
      identity: identityOf(test),
      isSkipped: test.expectedStatus === 'skipped',
    }));
}

/** What is known of a test before it runs. */
export function describeTest(
  test: TestCase,
  folder: string,
): Pick<TestRecord, 'id' | 'area' | 'file' | 'line' | 'title'> & { tags: string[] } {
  return {
    id: test.id,
    area: test.parent.project()?.name ?? '',
    file: path.relative(folder, test.location.file).replaceAll(path.sep, '/'),
    line: test.location.line,
    title: test.titlePath().slice(3).join(' › '),
    tags: [...test.tags],
  };
}
