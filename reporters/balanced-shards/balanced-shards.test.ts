import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sum } from 'd3-array';
import { expect, type InnerResult, test } from '../../helpers/testing/index.ts';

const reporter = fileURLToPath(new URL('index.ts', import.meta.url));
const mergedReporter = fileURLToPath(new URL('merged.ts', import.meta.url));

/** Empty tests whose titles contain their pretended durations. */
const files = {
  'playwright.config.ts': `export default {
    fullyParallel: true,
    workers: 1,
    testMatch: '*.spec.ts',
    outputDir: 'results',
    reporter: [[${JSON.stringify(reporter)}, { history: process.env.HISTORY }], ['./told.ts'], ['blob']],
    projects: [
      { name: 'prepare', testMatch: 'prepare.setup.ts' },
      { name: 'one', dependencies: ['prepare'] },
      { name: 'two', testMatch: 'ordered.spec.ts', fullyParallel: false },
    ],
  };`,
  'merge.config.ts': `export default { reporter: [[${JSON.stringify(mergedReporter)}], ['dot']] };`,
  // Reports which tests ran, or with a list which exist, and records their durations.
  'told.ts': `import { appendFileSync } from 'node:fs';
    const nameOf = (test) => [test.parent.project().name, test.repeatEachIndex, ...test.titlePath().slice(2)];
    const tell = (test) => console.log('ran=' + nameOf(test).join('|'));
    export default class {
      onBegin(config, suite) {
        if (process.env.RECORD === undefined) return;
        const timed = suite.allTests().filter(({ title }) => / ms$/.test(title));
        const durationOf = ({ title }) => Number(title.match(/(\\d+) ms$/)[1]);
        const tests = Object.fromEntries(
          timed.map((test) => [test.id, { area: '', cost: 0, samples: {}, duration: durationOf(test) }]),
        );
        const run = { version: 1, startedAt: new Date().toISOString(), duration: 0, calibration: null, tests };
        appendFileSync(process.env.RECORD, JSON.stringify(run) + '\\n');
        suite.allTests().forEach(tell);
      }
      onTestEnd(test) { tell(test); }
    }`,
  'prepare.setup.ts': `import { test } from '@playwright/test'; test('prepared', () => {});`,
  'free.spec.ts': `import { test } from '@playwright/test';
    test('long 900 ms', () => {});
    for (let i = 1; i <= 6; i++) test(i + ' takes 100 ms', () => {});
    test('new', () => {});
    test.skip('skipped', () => {});
    test.describe('serial', () => {
      test.describe.configure({ mode: 'serial' });
      for (let i = 1; i <= 3; i++) test(i + ' takes 100 ms', () => {});
    });`,
  'ordered.spec.ts': `import { test } from '@playwright/test';
    test.describe.configure({ mode: 'default' });
    for (let i = 1; i <= 2; i++) test(i + ' takes 150 ms', () => {});
    test.describe('inner', () => { test('takes 300 ms', () => {}); });`,
};

function ranIn({ output }: InnerResult): string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('ran='))
    .map((line) => line.slice('ran='.length));
}

const ofSetUp = (name: string): boolean => name.startsWith('prepare|');
const millisecondsOf = (names: readonly string[]): number =>
  sum(names, (name) => Number(/(\d+) ms$/.exec(name)?.[1] ?? 0));

test('shards take the same time, keep serial tests together, and add up to the whole', async ({
  runInlineTest,
  root,
}) => {
  const history = `${root.path}/history.jsonl`;
  const args = ['--repeat-each=2'];
  const whole = ranIn(await runInlineTest(files, { args: [...args, '--list'], env: { RECORD: history } }));
  const shards = await Promise.all(
    [1, 2, 3].map((index) =>
      runInlineTest(files, { args: [...args, `--shard=${index}/3`], env: { HISTORY: history } }),
    ),
  );
  const ran = shards.map((shard) => ranIn(shard));

  expect(
    ran
      .flat()
      .filter((name) => !ofSetUp(name))
      .toSorted(),
  ).toEqual(whole.filter((name) => !ofSetUp(name)).toSorted());
  expect(ran.map((names) => names.filter(ofSetUp).length)).toEqual(
    ran.map((names) => (names.some((name) => name.startsWith('one|')) ? 1 : 0)),
  );
  const inOrder = ran.map(
    (names) => new Set(names.flatMap((name) => /.*(\|serial|ordered\.spec\.ts)\|/.exec(name)?.[0] ?? [])),
  );
  expect(inOrder.flatMap((names) => [...names]).toSorted()).toEqual(
    [...new Set(inOrder.flatMap((names) => [...names]))].toSorted(),
  );
  const times = ran.map(millisecondsOf);
  expect(Math.max(...times)).toBeLessThanOrEqual(1.2 * Math.min(...times));
  expect(shards.map(({ output }) => /^Shard .*$/m.exec(output)?.[0])).toEqual([
    'Shard 1 of 3 has 10 of 36 tests and 34 % of the time that all are expected to take.',
    'Shard 2 of 3 has 10 of 36 tests and 34 % of the time that all are expected to take.',
    'Shard 3 of 3 has 16 of 36 tests and 32 % of the time that all are expected to take.',
  ]);
});

test('a filter applies to the whole, and a shard skips the set-up of projects it has no tests of', async ({
  runInlineTest,
  root,
}) => {
  const history = `${root.path}/history.jsonl`;
  await runInlineTest(files, { args: ['--list'], env: { RECORD: history } });
  const shards = await Promise.all(
    [1, 2, 3].map((index) =>
      runInlineTest(files, { args: ['--grep=long|inner|prepared', `--shard=${index}/3`], env: { HISTORY: history } }),
    ),
  );
  expect(shards.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(shards.map(ranIn)).toEqual([
    ['prepare|0|prepare.setup.ts|prepared', 'one|0|free.spec.ts|long 900 ms'],
    ['two|0|ordered.spec.ts|inner|takes 300 ms'],
    ['prepare|0|prepare.setup.ts|prepared', 'one|0|ordered.spec.ts|inner|takes 300 ms'],
  ]);
});

test('without recorded durations shards go by count, and say so', async ({ runInlineTest }) => {
  const shards = await Promise.all([1, 2].map((index) => runInlineTest(files, { args: [`--shard=${index}/2`] })));
  expect(shards.flatMap(ranIn).filter((name) => !ofSetUp(name))).toHaveLength(18);
  for (const { output } of shards)
    expect(output).toContain(
      'Shards are by count of tests, because no durations of these are recorded yet: a whole or merged run ' +
        'records them in .proving-ground/history.jsonl.',
    );
});

test('a damaged history line is reported and the others are used', async ({ runInlineTest, root }) => {
  const history = `${root.path}/history.jsonl`;
  await runInlineTest(files, { args: ['--list'], env: { RECORD: history } });
  writeFileSync(history, `${readFileSync(history, 'utf8')}{"version":1,"tests":{"a":{"dura\n`);
  const { output } = await runInlineTest(files, { args: ['--shard=1/2'], env: { HISTORY: history } });
  expect(output).toContain(
    `Line 2 of the history ${history} is damaged (it is not JSON): that run is left out; delete the line to hear ` +
      'no more of it.',
  );
  expect(output).toContain('Shard 1 of 2 has ');
});

test("a merge without a shard's report fails", async ({ runInlineTest, root }) => {
  const blobs = path.join(root.path, 'blobs');
  mkdirSync(blobs);
  await runInlineTest(files, {
    args: ['--shard=1/2'],
    env: { PLAYWRIGHT_BLOB_OUTPUT_FILE: path.join(blobs, 'report-1.zip') },
  });
  const merge = createRequire(import.meta.url).resolve('@playwright/test/cli');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [merge, 'merge-reports', '--config', test.info().outputPath('run-1', 'merge.config.ts'), blobs],
    { encoding: 'utf8' },
  );
  expect(stdout, stderr).toContain('Of 18 tests 12 are in the merged report: the report of a shard is missing.');
  expect(status).toBe(1);
});
