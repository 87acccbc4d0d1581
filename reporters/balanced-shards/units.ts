import type { Suite, TestCase, TestRun } from '@playwright/test/reporter';

/**
 * Tests grouped by what must stay together: all of a suite that runs in order (a `serial` one, a `describe` or a file
 * in `default` mode), else each by itself. The outermost such suite counts, as it does for Playwright's own sharding.
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

/** The projects that every shard runs in full, because others depend on them. Nobody may exclude their tests. */
export function readOnlyProjects(root: Suite, argv: readonly string[]): ReadonlySet<Suite> {
  if (argv.includes('--no-deps')) return new Set(); // set-up projects are then like any other
  const needed = new Set(
    root.suites.flatMap((suite) => {
      const { dependencies, teardown } = suite.project()!;
      return teardown === undefined ? dependencies : [...dependencies, teardown];
    }),
  );
  return new Set(root.suites.filter(({ title }) => needed.has(title)));
}

/** Excludes all but these tests, by whole suites where nothing of one is kept, so that no empty one remains. */
export function keepOnly(kept: ReadonlySet<TestCase>, entries: readonly (Suite | TestCase)[], testRun: TestRun): void {
  for (const entry of entries.slice()) {
    // a copy, because excluding takes entries away
    const isKept = entry.type === 'test' ? kept.has(entry) : entry.allTests().some((test) => kept.has(test));
    if (!isKept) testRun.exclude(entry);
    else if (entry.type !== 'test') keepOnly(kept, entry.entries(), testRun);
  }
}
