import { writeFileSync } from 'node:fs';
import type { FullConfig, TestResult, TestStep } from '@playwright/test/reporter';
import { expect, sampleShard, test } from '../../helpers/testing/cost-performance/composed-report.ts';
import { samplePlaywrightRun } from '../../helpers/testing/cost-performance/sample-playwright-run.ts';
import { richSummary } from '../../helpers/testing/cost-performance/sample-summary/index.ts';
import { recordRun } from './collect/index.ts';
import { readOptions } from './options.ts';
import type { ReporterParts } from './parts.ts';
import { reportOn } from './report.ts';

const message = 'Error: the cart is empty\n\nExpected: 1\nReceived: \u001B[31m0\u001B[39m';
const location = { file: '/checkout/shop.spec.ts', line: 14, column: 3 };

function step(title: string, more: Partial<TestStep> = {}): TestStep {
  return {
    title,
    category: 'test.step',
    startTime: new Date(0),
    duration: 5,
    steps: [],
    ...more,
  } as unknown as TestStep;
}

/** The report on a test that fails as `more` says, and on one that passes. */
function reportOf(parts: ReporterParts, more: Partial<TestResult>, hrefOf = (file: string) => file) {
  const steps = [step('opens the shop', { steps: [step('looks', { steps: [step('loads')] })] }), ...(more.steps ?? [])];
  const run = samplePlaywrightRun([
    { id: 'pays', outcome: 'unexpected', attempts: [{ status: 'failed', more: { ...more, steps } }] },
    { id: 'looks', outcome: 'expected', attempts: [{ status: 'passed', more: { ...more, steps } }] },
  ]);
  const [failing] = run.suite.allTests();
  failing!.tags.push('@money');
  failing!.results[0]!.annotations.push({ type: 'issue', description: 'no. 7' }, { type: '_hidden' });
  const record = recordRun(run, sampleShard(), { attempts: new Map(), rest: [] }, parts);
  const settings = readOptions({ title: 'main' }, (file) => file);
  return reportOn(record, { runs: [], problems: [] }, settings, parts, { hasPlaywrightReport: true, hrefOf }).summary;
}

test('the page has the whole error of a test, and its steps', ({ parts }) => {
  const failedStep = step('pays', { error: { message }, location });
  const summary = reportOf(parts, {
    errors: [{ message, snippet: '> 14 | pay()', stack: `${message}\n    at shop.spec.ts:14:3` }],
    steps: [failedStep],
    stdout: ['the till ', Buffer.from('opens\n')],
  });
  const whole = 'Error: the cart is empty\n\nExpected: 1\nReceived: 0\n\n> 14 | pay()\n\n    at shop.spec.ts:14:3';
  const [failing, passing] = summary.all;
  expect(failing).toMatchObject({ tags: ['@money'], annotations: [{ type: 'issue', description: 'no. 7' }] });
  expect(failing!.attempts[0]).toMatchObject({
    error: 'Error: the cart is empty',
    errors: [whole],
    output: 'the till opens',
    steps: [
      { title: 'opens the shop', steps: [{ title: 'looks', steps: [{ title: 'loads' }] }] },
      { title: 'pays', failed: true, place: 'shop.spec.ts:14' },
    ],
  });
  const [shown] = passing!.attempts[0]!.steps!;
  expect(shown!.steps![0], 'of a test that passed two levels').toEqual({ title: 'looks', duration: 5 });

  const page = parts.renderPage(summary);
  expect(page).toContain(`<pre class="error" tabindex="0">${whole.replaceAll('>', '&gt;')}</pre>`);
  expect(page).toMatch(/<li class="failed">\s*✗ pays\s*<small>5\.0 ms · shop\.spec\.ts:14<\/small>/);
  expect(page).toContain('<a href="index.html#?testId=pays">');
  expect(page).toMatch(/<span class="tag">@money<\/span>/);
  expect(page).toMatch(/<b>issue<\/b>\s*no\. 7/);
  expect(page).toMatch(/<title>\s*main: 1 of 2 tests failed/);
});

test('a page has no more of a failure than it can show', ({ parts }) => {
  const errors = Array.from({ length: 9 }, () => ({ message: 'x'.repeat(20_000) }));
  const steps = [...Array.from({ length: 500 }, (_, index) => step(`${index}`)), step('last', { error: { message } })];
  const [attempt] = reportOf(parts, { errors, steps, stderr: ['y'.repeat(9_000)] }).all[0]!.attempts;
  expect(attempt!.errors!.map((error) => error.length)).toEqual([8_000, 8_000, 8_000, 8_000, 8_000]);
  expect(attempt!.output).toHaveLength(4_000);
  expect(attempt!.steps!.length).toBeLessThan(210);
  expect(attempt!.steps!.at(-1), 'the one that failed is there in all cases').toMatchObject({
    title: 'last',
    failed: true,
  });
});

test("a trace is linked where Playwright's report has it, else where it is", ({ parts }, testInfo) => {
  const file = testInfo.outputPath('trace.zip');
  writeFileSync(file, 'a trace');
  const trace = { name: 'trace', contentType: 'application/zip', path: file };
  const withReport = { reporter: [['html']] } as unknown as FullConfig;
  const hrefOf = (attached: string) => parts.places.attachment(attached, testInfo.outputPath('report'), withReport);
  const summary = reportOf(parts, { attachments: [trace, { ...trace, name: '_measured' }] }, hrefOf);
  const href = 'data/95a161a87132159c08849e9885e031dc64aec985.zip';
  expect(
    summary.all.map(({ attempts }) => attempts[0]!.attachments),
    'of the test that failed',
  ).toEqual([[{ name: 'trace', contentType: 'application/zip', href }], undefined]);
  expect(parts.renderPage(summary)).toContain(`<a class="trace" href="${href}">trace</a>`);
  const alone = { reporter: [['list']] } as unknown as FullConfig;
  expect(parts.places.attachment(file, testInfo.outputPath('report'), alone)).toBe('../trace.zip');
});

test('the files of more than a hundred tests are closed', ({ parts }) => {
  const many = richSummary();
  const few = { ...many, all: many.all.slice(0, 100) };
  const open = (page: string) => page.match(/<details class="group"\s+open/g)?.length ?? 0;
  expect([open(parts.renderPage(many)), open(parts.renderPage(few))]).toEqual([0, 8]);
});
