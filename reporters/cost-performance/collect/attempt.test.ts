import { writeFileSync } from 'node:fs';
import type { TestResult, TestStep } from '@playwright/test/reporter';
import { attachmentName } from '../../../helpers/run/measurements/index.ts';
import { expect, test as composed } from '../../../helpers/testing/cost-performance/composed-report.ts';
import { took } from '../../../helpers/testing/cost-performance/sample-run.ts';
import type { toAttempt } from './attempt.ts';

const began = 1000;

/** A step that begins so many milliseconds after its test. */
function step(category: string, title: string, duration: number, more: Partial<TestStep> & { at?: number } = {}) {
  return {
    category,
    title,
    duration,
    startTime: new Date(began + (more.at ?? 0)),
    steps: [],
    ...more,
  } as unknown as TestStep;
}

interface Attempts {
  /** An attempt of which Playwright tells this. */
  attempt: (more?: object, unsettled?: Parameters<typeof toAttempt>[1]) => ReturnType<typeof toAttempt>;
}

const test = composed.extend<Attempts>({
  attempt: async ({ parts }, use) => {
    const told = { status: 'failed', retry: 0, duration: 0, startTime: new Date(began), parallelIndex: 3 };
    const none = { errors: [], attachments: [], steps: [], stdout: [], stderr: [] };
    await use((more = {}, unsettled = []) =>
      parts.toAttempt({ ...told, ...none, ...more } as unknown as TestResult, unsettled, '/checkout'),
    );
  },
});

test('the time of an attempt is divided into set-up, work, waiting and teardown', ({ attempt }) => {
  const steps = [
    step('hook', 'Before Hooks', 100, { steps: [step('expect', 'is ready', 50)] }),
    step('test.step', 'pays', 70, {
      at: 100,
      steps: [
        step('expect', 'toHaveText', 20),
        step('pw:api', 'Wait for event "popup"', 30, { steps: [step('expect', 'is open', 12)] }),
        step('pw:api', 'Click "Wait for me"', 10),
        step('test.step', 'Wait for it', 5),
      ],
    }),
    step('expect', 'toBe', -1),
    step('hook', 'After Hooks', 40, { at: 200 }),
    step('hook', 'Worker Cleanup', 10, { at: 240 }),
  ];
  expect(attempt({ duration: 180, steps })).toMatchObject({
    startedAt: began,
    durationMs: 250,
    workerMs: 70,
    lane: 3,
    time: { setUp: 100, test: 50, waiting: 50, teardown: 50 },
  });
  expect(attempt({ duration: 300, steps })).toMatchObject({ durationMs: 300, workerMs: 0, time: { test: 100 } });
  const waits = [step('expect', 'one', 30), step('expect', 'two, at the same time', 30)];
  expect(attempt({ duration: 40, steps: waits }).time, 'no longer than it took').toMatchObject({
    test: 0,
    waiting: 40,
  });
  const hooks = [step('hook', 'Before Hooks', 30), step('hook', 'After Hooks', 30)];
  expect(attempt({ duration: 40, steps: hooks }).time).toEqual({ setUp: 30, test: 0, waiting: 0, teardown: 30 });
});

test('a fixture takes the time of its set-up and its teardown', ({ attempt }) => {
  const fixture = (title: string, duration: number) => step('fixture', title, duration);
  const steps = [
    step('hook', 'Before Hooks', 90, {
      steps: [fixture('Fixture "postgres"', 30), fixture('Fixture "page"', -1), step('test.step', 'no "fixture"', 8)],
    }),
    step('hook', 'After Hooks', 9, { steps: [fixture('Fixture "postgres"', 4), fixture('bare', 5)] }),
  ];
  expect(attempt({ steps }).fixtures).toEqual([
    { name: 'postgres', ms: 34 },
    { name: 'page', ms: 0 },
    { name: 'bare', ms: 5 },
  ]);
});

test('measurements are read from attachments, in memory or in a file, before those that were not attached', ({
  attempt,
}, testInfo) => {
  const document = (name: string) => JSON.stringify({ version: 1, measurements: [took(name, 1)] });
  const file = testInfo.outputPath('measured.json');
  writeFileSync(file, document('b'));
  const attachments = [
    { name: 'trace', contentType: '', body: Buffer.from('no JSON') },
    { name: attachmentName, contentType: '', body: Buffer.from(document('a')) },
    { name: attachmentName, contentType: '', path: file },
  ];
  const { measurements } = attempt({ attachments }, [took('c', 1)]);
  expect(measurements.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});

test('an attempt is named after the first line of its first error, without colours, cut at 300 characters', ({
  attempt,
}) => {
  const error = (...errors: object[]) => attempt({ errors }).error;
  expect(error({ message: '\n  \u001B[31mError: one\u001B[39m\ntwo' }, { message: 'Error: other' })).toBe('Error: one');
  expect(error({ value: "'thrown'" })).toBe("'thrown'");
  expect(error({ message: 'x'.repeat(301) })).toBe('x'.repeat(300));
  expect([error(), error({ message: ' ' }), error({})]).toEqual([undefined, undefined, undefined]);
});

test('an attempt is unavailable when one of its errors says so', ({ attempt }) => {
  const broken = { message: 'Error: broken' };
  expect(attempt({ errors: [broken, { value: 1 }] }).unavailable).toBe(false);
  expect(attempt({ errors: [broken, { message: 'Environment unavailable: no Docker' }] }).unavailable).toBe(true);
});

test('files and output are kept of an attempt that did not pass, and only what people look at', ({ attempt }) => {
  const more = {
    stdout: ['\u001B[1mout\u001B[22m ', Buffer.from('in bytes')],
    stderr: [' err\n'],
    attachments: [
      { name: 'trace', contentType: 'application/zip', path: '/checkout/trace.zip' },
      { name: 'text', contentType: 'text/plain', body: Buffer.from('') },
      { name: '_hidden', contentType: 'text/plain', path: '/checkout/hidden' },
      { name: 'cost and performance', contentType: 'text/html', path: '/checkout/page.html' },
    ],
  };
  expect(attempt(more)).toMatchObject({
    output: 'out in bytes err',
    attachments: [{ name: 'trace', contentType: 'application/zip', file: '/checkout/trace.zip' }],
  });
  expect(attempt({ stdout: [' \n'] }).output).toBeUndefined();
  for (const status of ['passed', 'skipped'])
    expect(Object.keys(attempt({ ...more, status })), status).not.toEqual(expect.arrayContaining(['output']));
});

test('an error is shown with its code and where it was thrown, or by the value that was thrown', ({ attempt }) => {
  const stack = 'Error: one\n    at /checkout/a.spec.ts:3:1\n    at run (node:internal)\nno frame at all';
  expect(
    attempt({ errors: [{ message: 'Error: one', stack }, { value: '7' }, { snippet: '> 3 | pay()' }] }).errors,
  ).toEqual(['Error: one\n\n    at /checkout/a.spec.ts:3:1\n    at run (node:internal)', '7', '> 3 | pay()']);
});

test('of an attempt that passed the first 25 steps are kept, of the outermost two levels, and those that failed', ({
  attempt,
}) => {
  const inner = step('test.step', 'inner', -1, { steps: [step('test.step', 'innermost', 1)] });
  const location = { file: '/checkout/shop/a.spec.ts', line: 3, column: 1 };
  const failing = step('expect', 'soft', 2, { error: { message: 'no' }, location });
  const steps = [step('test.step', 'outer', 5, { steps: [inner] })];
  const many = [...steps, ...Array.from({ length: 30 }, (_, index) => step('test.step', `${index}`, 1)), failing];
  const [outer] = attempt({ status: 'passed', steps }).steps;
  expect(outer!.steps).toEqual([{ title: 'inner', durationMs: 0, failed: false, place: undefined, steps: [] }]);
  const kept = attempt({ status: 'passed', steps: many }).steps;
  expect(kept.map(({ title }) => title)).toEqual(['outer', ...many.slice(1, 25).map(({ title }) => title), 'soft']);
  expect(kept.at(-1)).toEqual({ title: 'soft', durationMs: 2, failed: true, place: 'shop/a.spec.ts:3', steps: [] });
  const whole = attempt({ steps: many }).steps;
  expect(whole).toHaveLength(32);
  expect(whole[0]!.steps[0]!.steps).toMatchObject([{ title: 'innermost', steps: [] }]);
});
