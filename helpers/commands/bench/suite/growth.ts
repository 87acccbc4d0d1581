import path from 'node:path';
import type { Bench } from '../bench.ts';
import { shown } from '../report.ts';
import { median } from '../statistics.ts';
import { type Contender, plain, withDatabase, withoutFixture } from './contenders.ts';
import { Costs, type Round } from './costs.ts';
import { GeneratedTests, withFolder } from './runs.ts';

/** Tests of a run, and how often it is run: the fewer, the more the machine's other work matters. */
const sizes = [
  { count: 100, rounds: 9 },
  { count: 1_000, rounds: 3 },
  { count: 10_000, rounds: 1 },
] as const;

const reset = withDatabase.find(({ key }) => key === 'reset')!;

/**
 * Whether a test costs the same in a run of 10,000 as in one of 100, without what the run's start costs. Processor time
 * says it more reliably than wall time on a machine with other work.
 */
export const measureGrowth: Bench = async (_, report) => {
  const rows = [];
  for (const contender of [plain, withoutFixture, reset]) {
    const costs: Costs[] = [];
    for (const { count, rounds } of sizes) costs.push(await measure(contender, count, rounds));
    for (const time of ['wall', 'cpu'] as const) {
      const perTest = costs.map((one) => median(one.perTest(contender.key, time)));
      const key = ['growth_10000_vs_100', ...suffixOf(contender), ...(time === 'cpu' ? [time] : [])].join('_');
      // Plain Playwright's own growth is no promise of ours.
      const goal = contender.config === 'ours' ? { atMost: 1.1 } : undefined;
      const growth = report.ratio(key, perTest.at(-1)! / perTest[0]!, goal);
      rows.push([time === 'wall' ? contender.label : '  processor time', ...perTest.map(shown), growth]);
    }
  }
  report.table(
    'Milliseconds a test in runs of more and more tests of one line, two workers',
    ['', ...sizes.map(({ count }) => `${count} tests`), 'most over fewest'],
    rows,
  );
};

/** The figure of the tests with a database has the short key. */
function suffixOf(contender: Contender): string[] {
  return contender === reset ? [] : [contender.key];
}

/** What each test after the first file costs. */
function measure(contender: Contender, count: number, rounds: number): Promise<Costs> {
  return withFolder(async (folder) => {
    const tests = new GeneratedTests(path.join(folder, contender.key), contender, count + GeneratedTests.inFile);
    await tests.warmUp();
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round++)
      measured.push({ few: await tests.runFew(), many: await tests.runAll() });
    return new Costs(new Map([[contender.key, measured]]), GeneratedTests.inFile, count + GeneratedTests.inFile);
  });
}
