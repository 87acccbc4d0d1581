import path from 'node:path';
import type { Suite, TestCase, TestResult } from '@playwright/test/reporter';
import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import type { Outcome, TestRecord } from '../record.ts';
import type { toAttempt } from './attempt.ts';

export interface TestSources {
  /** The folder that file names are relative to. */
  readonly folder: string;
  /** The shard that a test ran in. */
  shardOf(testId: string): number;
  /** Measurements that an attempt recorded and could not attach. */
  unsettled(testId: string, retry: number): readonly Measurement[];
  /** Reads an attempt. */
  readonly toAttempt: typeof toAttempt;
}

/** All tests of a finished run. */
export function toTests(suite: Suite, sources: TestSources): TestRecord[] {
  return suite.allTests().map((test) => toTest(test, sources));
}

function toTest(test: TestCase, { folder, shardOf, unsettled, toAttempt: read }: TestSources): TestRecord {
  const begun = test.results.filter(({ workerIndex }) => workerIndex >= 0);
  return {
    id: test.id,
    area: test.parent.project()?.name ?? '',
    file: path.relative(folder, test.location.file).replaceAll(path.sep, '/'),
    line: test.location.line,
    title: test.titlePath().slice(3).join(' › '),
    outcome: outcomeOf(test, begun.at(-1)),
    attempts: begun.map((result) => ({ ...read(result, unsettled(test.id, result.retry)), shard: shardOf(test.id) })),
  };
}

/**
 * Playwright counts an interrupted test, or one that never began, as skipped; a test that was running when the time was
 * up counts as well, whose result was never completed.
 */
function outcomeOf(test: TestCase, last: TestResult | undefined): Outcome {
  const isUnfinished =
    last === undefined || last.status === 'skipped' ? test.expectedStatus !== 'skipped' : last.status === 'interrupted';
  return isUnfinished ? 'did not run' : outcomes[test.outcome()];
}

const outcomes: Readonly<Record<ReturnType<TestCase['outcome']>, Outcome>> = {
  expected: 'passed',
  unexpected: 'failed',
  flaky: 'flaky',
  skipped: 'skipped',
};
