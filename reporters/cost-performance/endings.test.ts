import { readFileSync } from 'node:fs';
import path from 'node:path';
import { configuration, expect, quick, reported, test } from '../../helpers/testing/cost-performance/reported-run.ts';

const spec = `
  test('is over', async ({ measurements }) => { measurements.record('shop.total', 5, 'ms'); });
  test('goes on', async ({ measurements }) => {
    measurements.record('shop.total', 7, 'ms');
    console.log('state=under way');
    await new Promise(() => {});
  });
  test('never begins', () => {});
`;

test('an interrupted run has a summary of what is known', async ({ startInlineTest }) => {
  const run = startInlineTest({ 'playwright.config.ts': configuration({}), 'a.spec.ts': `${quick}${spec}` });
  await run.printed('state');
  run.interrupt();
  const { summary } = reported(await run.ended);
  expect(summary?.run.status).toBe('interrupted');
  expect(summary?.tests).toMatchObject({ total: 3, passed: 1, failed: 0, skipped: 0, didNotRun: 2 });
  expect(summary?.measurements.find(({ name }) => name === 'shop.total')).toMatchObject({ n: 2, sum: 12 });
});

test('a run that times out has a summary of what is known', async ({ runReported }) => {
  const { summary, exitCode } = await runReported({ spec, config: 'globalTimeout: 10_000,' });
  expect(exitCode).toBe(1);
  expect(summary?.run.status).toBe('timedout');
  expect(summary?.tests).toMatchObject({ total: 3, failed: 0, skipped: 0 });
  expect(summary?.tests.didNotRun).toBeGreaterThanOrEqual(2);
});

test('a run that times out during a blocked test has a summary', async ({ runReported }) => {
  const { summary } = await runReported({
    spec: `test('does not listen', () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 13_000); });`,
    config: 'globalTimeout: 10_000,',
  });
  expect(summary?.run.status).toBe('timedout');
  expect(summary?.tests).toMatchObject({ total: 1, failed: 0, skipped: 0, didNotRun: 1 });
});

test.describe("mistakes in the reporter's options are reported, and the tests' result is kept", () => {
  test('mistaken options are reported, and the defaults are used', async ({ runReported }) => {
    const wrong = { gates: { successRate: 95 }, budget: { day: 5 } };
    const { exitCode, summary, output } = await runReported({
      spec: `test('passes', () => {});`,
      options: wrong as object,
    });
    expect(exitCode, output).toBe(0);
    for (const sentence of [
      'Budget: "day" is not known; known are run.',
      'Gates: "successRate" is 95, and must be a share from 0 to 1, or false.',
    ]) {
      expect(output).toContain(sentence);
      expect(summary?.missing).toContain(sentence);
    }
  });

  test("a damaged history is reported, and the tests' result stands", async ({ runReported }) => {
    const { exitCode, output, folder } = await runReported({
      spec: `test('passes', () => {});`,
      options: { history: 'history.jsonl' },
      files: { 'history.jsonl': '{"version":1\n' },
    });
    expect(exitCode, output).toBe(0);
    expect(output).toContain(
      `Line 1 of the history ${path.join(folder, 'history.jsonl')} is damaged (it is not JSON): that run is left ` +
        'out; delete the line to hear no more of it.',
    );
    expect(readFileSync(path.join(folder, 'history.jsonl'), 'utf8')).toMatch(
      /^\{"version":1\n\{"version":1,"startedAt":.*\}\n$/,
    );
  });

  test("unwritable folders are reported, and the tests' result stands", async ({ runReported }) => {
    const { exitCode, summary, output, folder } = await runReported({
      spec: `test('passes', () => {});`,
      options: { history: 'a.spec.ts/history.jsonl' },
      env: { PLAYWRIGHT_HTML_OUTPUT_DIR: 'a.spec.ts' },
    });
    expect(exitCode, output).toBe(0);
    expect(summary).toBeUndefined();
    expect(output).toContain(`The history ${path.join(folder, 'a.spec.ts/history.jsonl')} cannot be written (`);
    expect(output).toContain(`${path.join(folder, 'a.spec.ts', 'cost-performance.html')} cannot be written (`);
  });
});
