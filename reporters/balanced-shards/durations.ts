import type { TestCase } from '@playwright/test/reporter';
import { group, median } from 'd3-array';

/**
 * The expected duration of each test in milliseconds. For a test without a record it is the median of the closest
 * recorded tests: its repetitions, otherwise its `describe`, its file, its project, or all tests. Undefined when
 * nothing is recorded. A test that is known to be skipped takes no time.
 */
export function durationsOf(
  tests: readonly TestCase[],
  recorded: ReadonlyMap<string, number>,
): ReadonlyMap<TestCase, number> | undefined {
  const known = tests.flatMap((test) =>
    recorded.has(test.id) ? pathsOf(test).map((path) => ({ path, duration: recorded.get(test.id)! })) : [],
  );
  if (known.length === 0) return undefined;
  const usual = new Map(
    [...group(known, ({ path }) => path)].map(([path, each]) => [path, median(each, ({ duration }) => duration)!]),
  );
  return new Map(
    tests.map((test) => {
      if (test.expectedStatus === 'skipped') return [test, 0];
      const nearest = pathsOf(test).find((path) => usual.has(path))!; // the last path covers all tests
      return [test, recorded.get(test.id) ?? usual.get(nearest)!];
    }),
  );
}

/** The paths of the test and of its suites, from the narrowest to that of all tests. */
function pathsOf(test: TestCase): string[] {
  const titles = test.titlePath();
  return titles.map((_, index) => JSON.stringify(titles.slice(0, titles.length - index)));
}
