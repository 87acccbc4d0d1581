import type { TestCase } from '@playwright/test/reporter';

/**
 * The same for a test in every run, shard and report. Its id is not: in a merge, the second blob that has the test
 * gives it another one. Tags count, because they tell apart the environments whose reports are merged.
 */
export function identityOf(test: TestCase): string {
  return JSON.stringify([...test.titlePath().slice(1), test.repeatEachIndex, ...test.tags.toSorted()]);
}
