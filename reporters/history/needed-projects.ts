import type { Suite } from '@playwright/test/reporter';

/** The names of the projects that others depend on: every shard that needs them runs all of their tests. */
export function neededProjects(projects: readonly Suite[]): ReadonlySet<string> {
  return new Set(
    projects.flatMap((suite) => {
      const { dependencies = [], teardown = [] } = suite.project() ?? {};
      return [dependencies, teardown].flat();
    }),
  );
}
