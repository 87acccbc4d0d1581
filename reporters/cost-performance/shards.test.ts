import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { configuration, expect, quick, test } from '../../helpers/testing/cost-performance/reported-run.ts';
import type { Summary } from './summary/index.ts';

const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
const reporter = fileURLToPath(new URL('index.ts', import.meta.url));

const spec = `
  for (const number of [1, 2, 3, 4, 5, 6]) test('number ' + number, async ({ measurements }, { retry }) => {
    measurements.record('shop.total', number, 'ms');
    measurements.record('task.time', 10 * number, 's', {
      task: 'task-' + number, family: 'edit', vcpu: '0.25', memoryGb: '0.5', pullStartedAt: '2026-11-21T22:00:00.000Z',
    });
    if (number === 3) expect(retry).toBe(1);
    if (number === 4) expect(retry, 'never').toBe(2);
  });
`;

test('three shards report the same as a whole run', async ({ runReported, runInlineTest, root }) => {
  const { summary: whole } = await runReported({ spec });
  const blobs = path.join(root.path, 'blobs');
  mkdirSync(blobs);
  for (const index of [1, 2, 3]) {
    await runInlineTest(
      {
        'playwright.config.ts': configuration({}, `reporter: [[${JSON.stringify(reporter)}], ['blob']],`),
        'a.spec.ts': `${quick}${spec}`,
      },
      {
        args: [`--shard=${index}/3`],
        env: { PLAYWRIGHT_BLOB_OUTPUT_FILE: path.join(blobs, `report-${index}.zip`) },
      },
    );
  }
  const merged = merge(root.path);
  expect(comparable(merged.summary)).toEqual(comparable(whole!));
  expect(merged.summary.run.shards.map(({ index }) => index)).toEqual([1, 2, 3]);
  expect(
    merged.summary.cost.billedTaskSeconds,
    'five tasks for the least of a minute, and one that two attempts used',
  ).toBe(380);
  expect(merged.summary.missing).toEqual([]);
  expect(merged.status, 'of a merge whose gate fails').toBe(1);
  expect(merged.output).toContain(
    '83.3 % of the tests passed, and at least 95 % must: that is 11.7 percentage points too few.',
  );

  const first = readdirSync(blobs).find((name) => name.startsWith('cost-performance-1'));
  writeFileSync(path.join(blobs, first!), '{');
  expect(merge(root.path).summary.missing).toEqual([
    expect.stringContaining(`${path.join(blobs, first!)} is damaged`),
    expect.stringMatching(/^What shard 1 \(\w+\) measured outside of its tests is not known/),
    'The machine of shard 1 has no price: how long it ran is not known.',
  ]);

  rmSync(path.join(blobs, 'report-2.zip'));
  const { summary, output, status } = merge(root.path);
  expect([status, summary.run.missingShards]).toEqual([1, ['2/3']]);
  expect(summary.tests).toMatchObject({ total: 6, failed: 0, didNotRun: 2 });
  expect(output).toContain('2 of 6 tests did not run. The report of shard 2/3 is missing.');
});

/** The parts that do not depend on durations or locations. */
function comparable({ tests, measurements, all, cost }: Summary): unknown {
  return {
    tests,
    cost: { billedTaskSeconds: cost.billedTaskSeconds, tasks: cost.notional.tasks.toFixed(12), prices: cost.prices },
    measurements: measurements.map(({ area, name, scope, n, sum }) => ({ area, name, scope, n, sum })),
    all: all
      .map(({ title, outcome, attempts }) => ({ title, outcome, attempts: attempts.map(({ status }) => status) }))
      .toSorted((left, right) => (left.title < right.title ? -1 : 1)),
  };
}

function merge(folder: string): { readonly summary: Summary; readonly status: number | null; readonly output: string } {
  writeFileSync(
    path.join(folder, 'merge.config.mjs'),
    `export default { reporter: [[${JSON.stringify(reporter)}, { merge: 'blobs', history: false }], ` +
      "['html', { open: 'never' }]] };",
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [playwright, 'merge-reports', '--config=merge.config.mjs', 'blobs'],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0' } },
  );
  return {
    status,
    output: stdout + stderr,
    summary: JSON.parse(
      readFileSync(path.join(folder, 'playwright-report', 'cost-performance.json'), 'utf8'),
    ) as Summary,
  };
}
