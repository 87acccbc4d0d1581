import type { FullConfig, FullProject, FullResult, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import { group } from 'd3-array';
import { attachmentName, type Measurement, type MeasurementDocument } from '../../run/measurements/index.ts';
import type { Runner } from '../../../reporters/cost-performance/collect/index.ts';
import type { PlaywrightRun } from '../../../reporters/cost-performance/collect/record.ts';

/** A test as Playwright reports it, reduced to what the reporter reads. */
export interface SampleTest {
  readonly id: string;
  /** Default `shop`. */
  readonly project?: string;
  readonly outcome: ReturnType<TestCase['outcome']>;
  /** Milliseconds, and attachments. None for a test that did not run. */
  readonly attempts: readonly {
    readonly status: TestResult['status'];
    readonly ms?: number;
    readonly measurements?: readonly Measurement[];
    /** What else Playwright tells of it. */
    readonly more?: Partial<TestResult>;
  }[];
}

/** A blob that is merged, or a whole run. */
export interface SampleBlob {
  readonly tests: readonly SampleTest[];
  readonly runner?: Runner;
  /** The projects that `shop` depends on. */
  readonly dependencies?: readonly string[];
}

/** A run of Playwright with these tests. */
export function samplePlaywrightRun(tests: readonly SampleTest[]): PlaywrightRun {
  return sampleMerge([{ tests }]);
}

/** What a merge gives reporters: the projects of every blob, and for a test that another blob has, too, another id. */
export function sampleMerge(
  blobs: readonly SampleBlob[],
  { status = 'passed', errors = [] }: { readonly status?: FullResult['status']; readonly errors?: string[] } = {},
): PlaywrightRun {
  const known = new Set<string>();
  const suites = blobs.flatMap((blob, index) =>
    [...group(blob.tests, ({ project = 'shop' }) => project)].map(([name, tests]) => {
      const salted = tests.map((test) => ({ ...test, ownId: known.has(test.id) ? `${test.id}${index}` : test.id }));
      for (const { id } of tests) known.add(id);
      return projectSuite(name, salted, blob);
    }),
  );
  return {
    config: { rootDir: '/checkout', metadata: {}, argv: [] as string[] } as unknown as FullConfig,
    suite: { suites, allTests: () => suites.flatMap((suite) => suite.allTests()) } as unknown as Suite,
    result: { status, startTime: new Date(0), duration: 0 },
    errors,
  };
}

function projectSuite(
  name: string,
  tests: readonly (SampleTest & { readonly ownId: string })[],
  { runner, dependencies = [] }: SampleBlob,
): Suite {
  const project = { name, metadata: { runner }, dependencies: name === 'shop' ? dependencies : [] };
  const suite = { type: 'project', title: name, project: () => project as unknown as FullProject };
  const file = { type: 'file', title: 'a.spec.ts', parent: suite, project: suite.project };
  const cases = tests.map(({ id, ownId, outcome, attempts }) => ({
    id: ownId,
    expectedStatus: 'passed',
    annotations: [],
    tags: [],
    repeatEachIndex: 0,
    location: { file: '/checkout/a.spec.ts', line: 1, column: 1 },
    parent: file,
    titlePath: () => ['', name, 'a.spec.ts', id],
    outcome: () => outcome,
    results: attempts.map((attempt, retry) => resultOf(attempt, retry, runner?.startedAt ?? 0)),
  }));
  return { ...suite, allTests: () => cases } as unknown as Suite;
}

function resultOf(
  { status, ms = 0, measurements, more }: SampleTest['attempts'][number],
  retry: number,
  startedAt: number,
): Partial<TestResult> {
  const document: MeasurementDocument = { version: 1, measurements: measurements ?? [] };
  return {
    status,
    retry,
    duration: ms,
    startTime: new Date(startedAt + retry),
    workerIndex: 0,
    parallelIndex: 0,
    annotations: [],
    steps: [],
    stdout: [],
    stderr: [],
    errors: status === 'passed' ? [] : [{ message: 'Error: broken' }],
    attachments:
      measurements === undefined
        ? []
        : [{ name: attachmentName, contentType: 'application/json', body: Buffer.from(JSON.stringify(document)) }],
    ...more,
  };
}
