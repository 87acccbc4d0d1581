import type { FullConfig, Suite, TestResult } from '@playwright/test/reporter';
import { attachmentName, type Measurement, type MeasurementDocument } from '../../run/measurements/index.ts';
import type { PlaywrightRun } from '../../../reporters/cost-performance/collect/record.ts';

/** A test as Playwright reports it, reduced to what the reporter reads. */
export interface SampleTest {
  readonly id: string;
  readonly outcome: 'expected' | 'unexpected' | 'flaky';
  /** Milliseconds, and attachments. */
  readonly attempts: readonly {
    readonly status: TestResult['status'];
    readonly ms?: number;
    readonly measurements?: readonly Measurement[];
  }[];
}

/** A run of Playwright with these tests, all in the project `shop`. */
export function samplePlaywrightRun(tests: readonly SampleTest[]): PlaywrightRun {
  const allTests = tests.map(({ id, outcome, attempts }) => ({
    id,
    expectedStatus: 'passed',
    location: { file: '/checkout/a.spec.ts', line: 1, column: 1 },
    parent: { project: () => ({ name: 'shop' }) },
    titlePath: () => ['', 'shop', 'a.spec.ts', id],
    outcome: () => outcome,
    results: attempts.map((attempt, retry) => resultOf(attempt, retry)),
  }));
  return {
    config: { rootDir: '/checkout', metadata: {} } as unknown as FullConfig,
    suite: { allTests: () => allTests } as unknown as Suite,
    result: { status: 'passed', startTime: new Date(0), duration: 0 },
    errors: [],
  };
}

function resultOf(
  { status, ms = 0, measurements }: SampleTest['attempts'][number],
  retry: number,
): Partial<TestResult> {
  const document: MeasurementDocument = { version: 1, measurements: measurements ?? [] };
  return {
    status,
    retry,
    duration: ms,
    startTime: new Date(0),
    workerIndex: 0,
    parallelIndex: 0,
    steps: [],
    errors: status === 'passed' ? [] : [{ message: 'Error: broken' }],
    attachments:
      measurements === undefined
        ? []
        : [{ name: attachmentName, contentType: 'application/json', body: Buffer.from(JSON.stringify(document)) }],
  };
}
