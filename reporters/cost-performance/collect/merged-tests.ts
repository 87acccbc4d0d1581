import { group, maxIndex } from 'd3-array';
import type { Suite } from '@playwright/test/reporter';
import { identityOf, neededProjects } from '../../history/index.ts';
import type { Outcome, TestRecord } from '../record.ts';
import { type Runner, runnerOf } from './runner.ts';
import { type TestSources, toTest } from './tests.ts';
import type { PlannedTest } from './whole-run.ts';

/** What one blob says of a test. */
export interface Report {
  readonly test: TestRecord;
  readonly runner: Runner | undefined;
}

/** Chooses among the reports on one test those that count. */
export type ChooseReports = typeof standing;

/**
 * The tests of merged blobs, each once. Of a test that was run again the newest report counts, and the attempts before
 * it are kept. A set-up that several shards had to run counts in each of them, and fails where it fails in one.
 * @param planned the tests of the whole run: those that are in no blob did not run.
 */
export function mergeTests(
  root: Suite,
  sources: TestSources,
  planned: readonly PlannedTest[],
  choose: ChooseReports,
): TestRecord[] {
  const needed = neededProjects(root.suites);
  const reports = group(root.allTests(), identityOf);
  const merged = [...reports.values()].map((same) => {
    const each = same.map((test): Report => ({ test: toTest(test, sources), runner: runnerOf(test.parent) }));
    return mergeReports(each, choose(each, { isSetUp: needed.has(each[0]!.test.area) }));
  });
  const absent = new Map(planned.filter(({ identity }) => !reports.has(identity)).map((test) => [test.identity, test]));
  return [...merged, ...[...absent.values()].map(asNotRun)];
}

/** Those of the reports that no newer one takes the place of. One of a test that did not run takes no place. */
export function standing(reports: readonly Report[], { isSetUp }: { readonly isSetUp: boolean }): readonly Report[] {
  const byAge = reports.toSorted((a, b) => Number(hasRun(a)) - Number(hasRun(b)) || begin(a) - begin(b));
  return byAge.filter((report, index) => !byAge.slice(index + 1).some((newer) => replaces(newer, report, isSetUp)));
}

/** A set-up of one shard says nothing of another's, but that of a run of everything does. */
function replaces({ runner: newer }: Report, { runner: older }: Report, isSetUp: boolean): boolean {
  return !isSetUp || newer?.shard?.current === undefined || newer.shard.current === older?.shard?.current;
}

function hasRun({ test }: Report): boolean {
  return test.outcome !== 'did not run';
}

function begin({ test, runner }: Report): number {
  return test.attempts[0]?.startedAt ?? runner?.startedAt ?? 0;
}

const worstFirst: readonly Outcome[] = ['failed', 'flaky', 'did not run', 'passed', 'skipped'];

function mergeReports(reports: readonly Report[], counting: readonly Report[]): TestRecord {
  const worst = counting[maxIndex(counting, ({ test }) => -worstFirst.indexOf(test.outcome))]!;
  return {
    ...worst.test,
    id: reports[0]!.test.id, // the first blob's is the test's own
    attempts: reports
      .flatMap((report) =>
        counting.includes(report)
          ? report.test.attempts
          : report.test.attempts.map((attempt) => ({ ...attempt, isRepeated: true })),
      )
      .toSorted((a, b) => a.startedAt - b.startedAt),
  };
}

function asNotRun({ id, area, file, line, title, tags, isSkipped }: PlannedTest): TestRecord {
  const outcome = isSkipped ? 'skipped' : 'did not run';
  return { id, area, file, line, title, tags, annotations: [], outcome, attempts: [] };
}
