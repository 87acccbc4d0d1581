import { copyFileSync } from 'node:fs';
import { median } from 'd3-array';
import { expect, test } from '../../helpers/testing/cost-performance/reported-run.ts';

const operations = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];

/**
 * Operations of one or two milliseconds of real work, one of which can do half as much again. They take turns, so that
 * a temporary slowdown of the machine affects all of them, and record CPU time, which other load prolongs least.
 */
function spec(slower?: string): string {
  return `
    import { createHash } from 'node:crypto';
    const block = Buffer.alloc(16_384);
    function work(amount) {
      for (let unit = 0; unit < amount; unit++) createHash('sha256').update(block).digest();
    }
    test('operations', ({ measurements }) => {
      work(2_000); // lets the code be compiled
      for (let sample = 0; sample < 100; sample++) {
        for (const [index, operation] of ${JSON.stringify(operations)}.entries()) {
          const before = process.cpuUsage();
          work((20 + 4 * index) * (operation === ${JSON.stringify(slower)} ? 1.5 : 1));
          const { user, system } = process.cpuUsage(before);
          measurements.record('shop.' + operation, (user + system) / 1000, 'ms');
        }
      }
    });
  `;
}

test(
  'after ten runs, an operation 1.5 times slower fails the run, and no other is reported',
  { tag: '@long' },
  async ({ runReported }, testInfo) => {
    testInfo.setTimeout(600_000);
    const history = testInfo.outputPath('history.jsonl');
    const run = (slower?: string, file = history): ReturnType<typeof runReported> =>
      runReported({ spec: spec(slower), options: { history: file, gates: { duration: false } } });
    for (let before = 0; before < 10; before++) expect((await run()).exitCode).toBe(0);
    // A machine that changes its speed between two runs slows all operations at once: then it is tried again.
    const retries = { timeout: 120_000, intervals: [0] };
    let attempts = 0;
    const copyOfHistory = (): string => {
      const file = testInfo.outputPath(`history-${++attempts}.jsonl`);
      copyFileSync(history, file);
      return file;
    };

    await expect(async () => {
      const slow = await run('gamma', copyOfHistory());
      expect(slow.exitCode, slow.output).toBe(1);
      expect(slow.summary?.regressions.comparisons.filter(({ verdict }) => verdict !== 'same')).toMatchObject([
        { area: 'shop', name: 'shop.gamma', verdict: 'slower', samples: 20, historySamples: 200 },
      ]);
      const ratios = new Map(slow.summary!.regressions.comparisons.map(({ name, ratio }) => [name, ratio!]));
      const others = median(
        operations.filter((operation) => operation !== 'gamma'),
        (operation) => ratios.get(`shop.${operation}`),
      )!;
      expect(
        ratios.get('shop.gamma')! / others,
        'beside the others, which share the mood of the machine',
      ).toBeGreaterThan(1.35);
      expect(ratios.get('shop.gamma')! / others).toBeLessThan(1.65);
      expect(slow.summary?.gates.filter(({ state }) => state === 'failed')).toMatchObject([
        {
          name: 'regressions',
          limit: 'nothing slower',
          found: '1 slower',
          sentence: expect.stringMatching(/^Slower than usual: shop\.gamma of shop \(\+\d+ %\)\.$/),
        },
      ]);
    }).toPass(retries);

    await expect(async () => {
      const unchanged = await run(undefined, copyOfHistory());
      expect(unchanged.exitCode, unchanged.output).toBe(0);
      expect(unchanged.summary?.regressions.comparisons.map(({ name, verdict }) => [name, verdict])).toEqual(
        operations.map((operation) => [`shop.${operation}`, 'same']),
      );
    }).toPass(retries);
  },
);
