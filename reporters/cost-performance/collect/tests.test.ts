import type { TestCase, TestResult } from '@playwright/test/reporter';
import { expect, test } from '@playwright/test';
import { sampleMerge, samplePlaywrightRun } from '../../../helpers/testing/cost-performance/sample-playwright-run.ts';
import { toAttempt } from './attempt.ts';
import { toTests } from './tests.ts';
import { plannedTests } from './whole-run.ts';

interface Told {
  readonly status?: TestResult['status'];
  /** What Playwright tells of the attempt, and of the test. */
  readonly result?: Partial<TestResult>;
  readonly of?: Partial<TestCase>;
}

/** A test with one attempt that ended so, or with none. */
function recorded({ status, result, of: more }: Told) {
  const attempts = status === undefined ? [] : [{ status, more: result ?? {} }];
  const { suite } = samplePlaywrightRun([{ id: 'pays', outcome: 'skipped', attempts }]);
  Object.assign(suite.allTests()[0]!, more);
  return toTests(suite, { folder: '/checkout', shardOf: () => 3, unsettled: () => [], toAttempt })[0]!;
}

test('a test that was to be skipped is skipped, and one that was cut off did not run', () => {
  const [skip, slow] = [{ type: 'skip' }, { type: 'slow' }];
  const cases: readonly (readonly [told: Told, outcome: string])[] = [
    [{}, 'did not run'],
    [{ of: { annotations: [slow] } }, 'did not run'],
    [{ of: { annotations: [slow, skip] } }, 'skipped'],
    [{ of: { expectedStatus: 'skipped' } }, 'skipped'],
    [{ status: 'skipped', of: { expectedStatus: 'skipped' } }, 'skipped'],
    [{ status: 'skipped' }, 'did not run'],
    [{ status: 'skipped', of: { annotations: [skip] } }, 'did not run'],
    [{ status: 'interrupted' }, 'did not run'],
    [{ status: 'passed', result: { workerIndex: -1 } }, 'did not run'],
    [{ status: 'passed', of: { outcome: () => 'expected' } }, 'passed'],
    [{ status: 'failed', of: { outcome: () => 'unexpected' } }, 'failed'],
    [{ status: 'passed', of: { outcome: () => 'flaky' } }, 'flaky'],
  ];
  for (const [told, outcome] of cases) expect(recorded(told).outcome, JSON.stringify(told)).toBe(outcome);
  expect(recorded({ status: 'passed', result: { workerIndex: -1 } }).attempts, 'that no worker began').toEqual([]);
});

test('a test has the annotations of its last attempt that are meant for people', () => {
  const annotations = [
    { type: 'issue', description: 'no. 7' },
    { type: 'slow' },
    { type: '_hidden' },
    { type: 'cost and performance', description: 'a link' },
  ];
  const shown = [{ type: 'issue', description: 'no. 7' }, { type: 'slow' }];
  const kept = recorded({ status: 'passed', result: { annotations } }).annotations;
  expect([kept, kept.map((each) => Object.keys(each).length)]).toEqual([shown, [2, 1]]);
  expect(recorded({ of: { annotations } }).annotations).toEqual(shown);
});

test('a test is named with its groups, and its file from the folder of the configuration', () => {
  const location = { file: '/checkout/specs/shop/a.spec.ts', line: 7, column: 1 };
  const titlePath = () => ['', 'shop', 'a.spec.ts', 'the till', 'pays'];
  expect(recorded({ of: { location, titlePath, tags: ['@money'] } })).toMatchObject({
    area: 'shop',
    file: 'specs/shop/a.spec.ts',
    line: 7,
    title: 'the till › pays',
    tags: ['@money'],
  });
});

test('a run knows all tests that it is to run, without set-ups and without those that --last-failed removes', () => {
  const passed = { outcome: 'expected', attempts: [] } as const;
  const tests = [
    { id: 'prepared', project: 'prepare', ...passed },
    { id: 'pays', ...passed },
    { id: 'ships', ...passed },
  ];
  const { suite, config } = sampleMerge([{ tests, dependencies: ['prepare'] }]);
  Object.assign(suite.allTests()[2]!, { expectedStatus: 'skipped' });
  const planned = (...argv: string[]) => plannedTests(suite, { ...config, argv });
  expect(planned().map(({ id, area, isSkipped }) => [id, area, isSkipped])).toEqual([
    ['pays', 'shop', false],
    ['ships', 'shop', true],
  ]);
  expect(planned('--no-deps').map(({ id }) => id)).toEqual(['prepared', 'pays', 'ships']);
  expect(planned('--last-failed')).toEqual([]);
});
