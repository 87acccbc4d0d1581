import type { Suite, TestCase, TestResult } from '@playwright/test/reporter';
import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import type { Outcome, TestRecord } from '../record.ts';
import type { toAttempt } from './attempt.ts';
import { describeTest } from './whole-run.ts';

export interface TestSources {
  /** The folder that file names are relative to. */
  readonly folder: string;
  /** The shard that a test ran in. */
  shardOf(test: TestCase): number;
  /** Measurements that an attempt recorded and could not attach. */
  unsettled(test: TestCase, retry: number): readonly Measurement[];
  /** Reads an attempt. */
  readonly toAttempt: typeof toAttempt;
}

/** All tests of a finished run. */
export function toTests(suite: Suite, sources: TestSources): TestRecord[] {
  return suite.allTests().map((test) => toTest(test, sources));
}

export function toTest(test: TestCase, { folder, shardOf, unsettled, toAttempt: read }: TestSources): TestRecord {
  const begun = test.results.filter(({ workerIndex }) => workerIndex >= 0);
  return {
    ...describeTest(test, folder),
    annotations: annotationsOf(test),
    outcome: outcomeOf(test, begun.at(-1)),
    attempts: begun.map((result, index) => ({
      ...read(result, unsettled(test, result.retry), folder),
      shard: shardOf(test),
      isRepeated: index < begun.length - 1,
    })),
  };
}

/** Those that are meant for people. */
function annotationsOf({ annotations, results }: TestCase): TestRecord['annotations'] {
  return (results.at(-1)?.annotations ?? annotations).flatMap(({ type, description }) =>
    type.startsWith('_') || type === 'cost and performance'
      ? []
      : [{ type, ...(description === undefined ? {} : { description }) }],
  );
}

/**
 * Playwright counts an interrupted test, or one that never began, as skipped; a test that was running when the time was
 * up counts as well, whose result was never completed. A blob says of a test that never began only that it is annotated
 * as one to be skipped.
 */
function outcomeOf(test: TestCase, last: TestResult | undefined): Outcome {
  const isToBeSkipped = test.expectedStatus === 'skipped' || (last === undefined && test.annotations.some(skips));
  const isUnfinished = last === undefined || last.status === 'skipped' ? !isToBeSkipped : last.status === 'interrupted';
  return isUnfinished ? 'did not run' : outcomes[test.outcome()];
}

function skips({ type }: TestCase['annotations'][number]): boolean {
  return type === 'skip' || type === 'fixme';
}

const outcomes: Readonly<Record<ReturnType<TestCase['outcome']>, Outcome>> = {
  expected: 'passed',
  unexpected: 'failed',
  flaky: 'flaky',
  skipped: 'skipped',
};
