import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from '../../helpers/testing/cost-performance/reported-run.ts';

const validate = addFormats
  .default(new Ajv2020())
  .compile(JSON.parse(readFileSync(new URL('summary/summary-schema.json', import.meta.url), 'utf8')) as object);

/** The errors of a summary by its published schema. */
function broken(summary: unknown): unknown[] {
  validate(summary);
  return validate.errors ?? [];
}

test('every outcome is counted, and no measurement is lost', async ({ runReported }) => {
  const { summary, output, exitCode, folder } = await runReported({
    spec: `
    const measured = (name, body, timeout = 30_000) => test(name, async ({ measurements }, testInfo) => {
      testInfo.setTimeout(timeout);
      measurements.record('shop.total', 5, 'ms');
      await body(testInfo);
    });
    measured('passes', () => {});
    measured('fails', () => { expect(1, 'one').toBe(2); });
    measured('is flaky', ({ retry }) => { expect(retry).toBe(1); });
    measured('takes too long', () => new Promise(() => {}), 500);
    measured('is killed', () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); });
    test.skip('is skipped', () => {});
  `,
  });

  expect(exitCode).toBe(1);
  expect(broken(summary), 'what breaks the schema').toEqual([]);
  expect(summary?.tests).toEqual({
    total: 6,
    passed: 1,
    failed: 3,
    flaky: 1,
    skipped: 1,
    didNotRun: 0,
    unavailable: 0,
    successRate: 0.4,
  });
  // One attempt of passing tests, two of the others, including killed and late ones.
  expect(summary?.measurements.find(({ name }) => name === 'shop.total')).toMatchObject({
    area: 'shop',
    unit: 'ms',
    scope: 'test',
    n: 9,
    sum: 45,
    median: 5,
    p95: null,
    max: 5,
  });
  expect(summary?.all.find(({ title }) => title === 'fails')?.attempts).toMatchObject([
    { status: 'failed', error: 'Error: one' },
    { status: 'failed', error: 'Error: one' },
  ]);
  expect(summary?.gates.filter(({ state }) => state === 'failed').map(({ sentence }) => sentence)).toEqual([
    '40 % of the tests passed, and at least 95 % must: that is 55 percentage points too few.',
  ]);
  expect(output).toContain('40 % of the tests passed');
  expect(readFileSync(path.join(folder, 'playwright-report', 'cost-performance.html'), 'utf8')).toContain('is killed');
});
