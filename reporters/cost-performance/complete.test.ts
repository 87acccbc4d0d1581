import path from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { expect, sampleShard, test } from '../../helpers/testing/cost-performance/composed-report.ts';
import { samplePlaywrightRun } from '../../helpers/testing/cost-performance/sample-playwright-run.ts';
import { sampleRun, shopping, shoppingBefore } from '../../helpers/testing/cost-performance/sample-run.ts';
import { recordRun } from './collect/index.ts';
import { writeFiles } from './files.ts';
import type { Outcome, RunRecord } from './record.ts';
import type { Report } from './report.ts';
import { renderMarkdown, renderTerminal } from './writers/index.ts';

/** Of forty tests, those that passed and those that did not run; more where the run says more. */
function cutOff(passed: number, more: Partial<RunRecord> = {}): RunRecord {
  const ids = Array.from({ length: 40 }, (_, index) => `test ${index + 1}`);
  const outcomes = Object.fromEntries(
    ids.map((id, index): [string, Outcome] => [id, index < passed ? 'passed' : 'did not run']),
  );
  const record = sampleRun(
    Object.fromEntries(
      ids.map((id) => [id, { area: 'shop', attempts: outcomes[id] === 'passed' ? [{ ms: 100 }] : [] }]),
    ),
    [{ ms: 4_000, workers: 1 }],
    outcomes,
  );
  return { ...record, ...more };
}

function successGate({ summary }: Report) {
  return summary.gates.find(({ name }) => name === 'successRate');
}

for (const [title, record, heading] of [
  [
    'that is out of time',
    cutOff(8, { status: 'timedout' }),
    'Out of time: 8 tests passed, 32 did not run, and 1 gate failed',
  ],
  [
    'that is interrupted',
    cutOff(39, { status: 'interrupted' }),
    'Interrupted: 39 tests passed, 1 did not run, and 1 gate failed',
  ],
  [
    'that stops at its first failure',
    cutOff(39, { status: 'failed' }),
    '39 tests passed, 1 did not run, and 1 gate failed',
  ],
  ['of which nothing ran', cutOff(0, { status: 'failed' }), 'None of 40 tests ran, and 1 gate failed'],
  [
    'without a shard',
    cutOff(40, { missingShards: ['2/3'] }),
    'All 40 tests passed, shard 2/3 missing, and 1 gate failed',
  ],
] as const) {
  test(`a run ${title} is not called passed`, ({ report, parts }, testInfo) => {
    const written = report(record, [], { gates: { successRate: 0.5 } });
    const { didNotRun } = written.summary.tests;
    expect(didNotRun).toBe(record.tests.filter(({ outcome }) => outcome === 'did not run').length);
    expect(successGate(written)).toMatchObject({
      state: 'failed',
      sentence: didNotRun > 0 ? `${didNotRun} of 40 tests did not run.` : 'The report of shard 2/3 is missing.',
    });

    const [folder, history] = [testInfo.outputPath(), testInfo.outputPath('history.jsonl')];
    expect(writeFiles(written, { folder, history, jobSummary: undefined }, parts)).toEqual([]);
    const page = readFileSync(path.join(folder, 'cost-performance.html'), 'utf8');
    expect(page.match(/<h1 class="(.*)">\s*<span.*<\/span> (.*)/)?.slice(1)).toEqual(['bad', heading]);
    expect(existsSync(history), 'what is missing in it is no measure for other runs').toBe(false);
    const terminal = renderTerminal(written.summary);
    expect(terminal).toContain(
      didNotRun > 0
        ? `  not complete       ${didNotRun} of 40 tests did not run\n`
        : 'the report of shard 2/3 is missing\n',
    );
    expect(/ failed +did not run /.test(terminal)).toBe(didNotRun > 0);
    expect(renderMarkdown(written.summary).startsWith('## ✗ ')).toBe(true);
  });
}

test('a success rate of exactly the limit passes', ({ report }) => {
  const record = shopping({}, { ana: 'failed' });
  expect(successGate(report(record, [], { gates: { successRate: 0.75 } }))).toMatchObject({ state: 'passed' });
  expect(successGate(report(record, [], { gates: { successRate: 0.76 } }))).toMatchObject({ state: 'failed' });
});

test('a complete run is a measure for others, also one with failed and skipped tests', ({ report }) => {
  const { entry } = report(shopping({}, { ana: 'failed', ben: 'skipped' }));
  expect(Object.keys(entry?.tests ?? {})).toEqual(['eva', 'tom']);
});

test('a run that was cut off is no measure for others, also when all of its tests had run', ({ report }) => {
  for (const status of ['timedout', 'interrupted'] as const)
    expect(report({ ...shopping(), status }).entry, status).toBeUndefined();
  expect(report({ ...shopping(), status: 'failed' }).entry).toBeDefined();
});

test('the estimate leaves out the tests that were to be skipped', ({ report }) => {
  const estimate = (record: RunRecord) => report(record, shoppingBefore()).summary.cost.estimate!;
  const [all, withoutAna] = [estimate(shopping()), estimate(shopping({}, { ana: 'skipped' }))];
  expect(withoutAna).toBeLessThan(all);
});

test('a test that never began did not run, unless it was to be skipped', ({ report, parts }) => {
  const run = samplePlaywrightRun(
    ['passes', 'never began', 'is skipped', 'is broken'].map((id) => ({
      id,
      outcome: id === 'passes' ? 'expected' : 'skipped',
      attempts: id === 'passes' ? [{ status: 'passed' }] : [],
    })),
  );
  const [, , skipped, broken] = run.suite.allTests();
  skipped!.annotations.push({ type: 'skip' });
  broken!.annotations.push({ type: 'fixme' });
  const { summary } = report(recordRun(run, sampleShard(), { attempts: new Map(), rest: [] }, parts));
  expect(summary.tests).toMatchObject({ total: 4, passed: 1, skipped: 2, didNotRun: 1, successRate: 0.5 });
});
