import type { TestCase } from '@playwright/test/reporter';
import { group, median } from 'd3-array';

/**
 * How long each of these tests will take, in milliseconds, from what is recorded of some. One that is not takes what is
 * usual next to it: the median of its repetitions, else of its `describe`, its file, its project, of all. Undefined
 * when nothing is recorded of any. A test that is known to be skipped takes no time.
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
      const nearest = pathsOf(test).find((path) => usual.has(path))!; // the last is that of all
      return [test, recorded.get(test.id) ?? usual.get(nearest)!];
    }),
  );
}

/** The test's own title path and those of what it is in, from the narrowest to that of all. */
function pathsOf(test: TestCase): string[] {
  const titles = test.titlePath();
  return titles.map((_, index) => JSON.stringify(titles.slice(0, titles.length - index)));
}
