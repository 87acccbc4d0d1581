import type { Suite, TestCase, TestRun } from '@playwright/test/reporter';
import { neededProjects } from '../history/index.ts';

/**
 * Groups tests that must stay together: those of a suite that runs in order (a `serial` one, or a `describe` or file in
 * `default` mode); other tests are separate. The outermost such suite counts, as in Playwright's own sharding.
 */
export function together(tests: readonly TestCase[], mode: TestRun['mode']): readonly (readonly TestCase[])[] {
  const groups = new Map<Suite | TestCase, TestCase[]>();
  for (const test of tests) {
    const key = keeperOf(test, mode);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [test]);
    else group.push(test);
  }
  return [...groups.values()];
}

function keeperOf(test: TestCase, mode: TestRun['mode']): Suite | TestCase {
  let keeper: Suite | TestCase = test;
  for (let suite = test.parent; suite.type !== 'project' && mode(suite) !== 'parallel'; suite = suite.parent!)
    keeper = suite;
  return keeper;
}

/** The projects that every shard runs completely, because others depend on them. Their tests must not be excluded. */
export function readOnlyProjects(root: Suite, argv: readonly string[]): ReadonlySet<Suite> {
  if (argv.includes('--no-deps')) return new Set(); // set-up projects are ordinary then
  const needed = neededProjects(root.suites);
  return new Set(root.suites.filter(({ title }) => needed.has(title)));
}

/** Excludes all other tests, by whole suites where possible, so that no empty suite remains. */
export function keepOnly(kept: ReadonlySet<TestCase>, entries: readonly (Suite | TestCase)[], testRun: TestRun): void {
  for (const entry of entries.slice()) {
    // Iterates over a copy, because excluding removes entries.
    const isKept = entry.type === 'test' ? kept.has(entry) : entry.allTests().some((test) => kept.has(test));
    if (!isKept) testRun.exclude(entry);
    else if (entry.type !== 'test') keepOnly(kept, entry.entries(), testRun);
  }
}
