import { readdirSync } from 'node:fs';
import { attemptKey } from '../../helpers/run/measurements/index.ts';
import { expect, sampleShard, test } from '../../helpers/testing/cost-performance/composed-report.ts';
import {
  type SampleBlob,
  sampleMerge,
  type SampleTest,
} from '../../helpers/testing/cost-performance/sample-playwright-run.ts';
import { took } from '../../helpers/testing/cost-performance/sample-run.ts';
import {
  plannedTests,
  recordMerged,
  type Runner,
  type ShardFile,
  shardFileName,
  writeShardFile,
} from './collect/index.ts';
import type { Report } from './report.ts';

const minutes = 60_000;

/** A shard of three, or with `null` a run that is not divided; `at` is when it began, in minutes. */
function runner(current: number | null, at = 0): Runner {
  return { id: `${current}-${at}`, shard: current === null ? null : { current, total: 3 }, startedAt: at * minutes };
}

function passes(id: string, more: Partial<SampleTest> = {}): SampleTest {
  return { id, outcome: 'expected', attempts: [{ status: 'passed', ms: 30_000 }], ...more };
}

function fails(id: string, more: Partial<SampleTest> = {}): SampleTest {
  return { id, outcome: 'unexpected', attempts: [{ status: 'failed', ms: 30_000 }], ...more };
}

function neverBegins(id: string): SampleTest {
  return { id, outcome: 'skipped', attempts: [] };
}

/** The file of a blob's runner, which ran for a minute. */
function fileOf(blob: SampleBlob, more: Partial<ShardFile> = {}): ShardFile {
  const { shard, startedAt } = blob.runner!;
  return {
    runner: blob.runner!,
    shard: sampleShard({ index: shard?.current ?? 1, startedAt, durationMs: minutes }),
    status: 'passed',
    errors: [],
    tests: blob.tests.map(({ id }) => id),
    planned: [],
    attempts: [],
    ...more,
  };
}

interface Merge {
  readonly blobs: readonly SampleBlob[];
  /** Default: one for each blob. */
  readonly files?: readonly ShardFile[];
  readonly run?: Parameters<typeof sampleMerge>[1];
}

const merging = test.extend<{ merge: (merge: Merge) => Report['summary'] }>({
  /** Writes the files of runners, and reports on the merged blobs. */
  merge: async ({ report, parts }, use, testInfo) => {
    const folder = testInfo.outputPath('blobs');
    await use(({ blobs, files = blobs.map((blob) => fileOf(blob)), run }) => {
      for (const file of files) writeShardFile(folder, shardFileName(file.runner), file);
      return report(recordMerged(sampleMerge(blobs, run), parts.readCompanions(folder), parts)).summary;
    });
  },
});

function outcomes({ all }: Report['summary']): Record<string, string> {
  return Object.fromEntries(all.map(({ title, outcome }) => [title, outcome]));
}

const [one, two, three] = [
  { runner: runner(1), tests: [passes('a'), passes('b')] },
  { runner: runner(2), tests: [passes('c'), fails('d')] },
  { runner: runner(3), tests: [passes('e'), passes('f')] },
] as const;

merging("shards' files are merged into one report", ({ merge }) => {
  const opened = [took('shop.open', 4)];
  const attempts = [{ status: 'passed', ms: 30_000, measurements: opened }] as const;
  const blobs = [
    { runner: runner(1), tests: [passes('signs up', { attempts })] },
    { runner: runner(2, 0.5), tests: [passes('pays', { attempts })] },
    { runner: runner(3, 0.5), tests: [] },
  ];
  const [first, second, empty] = blobs.map((blob) => fileOf(blob)) as [ShardFile, ShardFile, ShardFile];
  const ledger = [{ area: 'shop', measurement: took('shop.close', 3) }];
  const unsettled = { attempt: attemptKey({ id: 'pays', retry: 0 }), measurements: [took('shop.open', 6)] };
  const summary = merge({
    blobs,
    files: [{ ...first, shard: { ...first.shard, ledger } }, { ...second, attempts: [unsettled] }, empty],
  });
  expect(summary.run.shards.map(({ index, name }) => `${index} ${name}`)).toEqual([
    '1 shard 1',
    '2 shard 2',
    '3 shard 3',
  ]);
  expect(summary.run.duration).toBe(1.5 * minutes);
  expect(summary.cost.notional.machine).toBeCloseTo(0.018, 12);
  expect(summary.measurements).toMatchObject([
    { name: 'shop.close', n: 1 },
    { name: 'shop.open', n: 3, sum: 14 },
  ]);
  expect(summary.all.map(({ attempts: [attempt] }) => attempt?.shard)).toEqual([1, 2]);
  expect([summary.run.missingShards, summary.missing]).toEqual([[], []]);
});

merging('a file that is missing, or belongs to no blob, is named', ({ merge }) => {
  const replaced = fileOf({ runner: runner(3, 9), tests: three.tests });
  expect(merge({ blobs: [one, two, three], files: [fileOf(one), fileOf(two), replaced] }).missing).toEqual([
    'What shard 3 (3-0) measured outside of its tests is not known: its file is not beside its blob.',
    'The file of shard 3 (3-9) is left out: the blob that it belongs to is not there.',
    'The machine of shard 3 has no price: how long it ran is not known.',
  ]);
});

merging('the tests of a missing shard did not run, and the shard is named', ({ merge }) => {
  const planned = plannedTests(sampleMerge([one, two, three]).suite, sampleMerge([]).config);
  const files = [one, three].map((blob) => fileOf(blob, { planned }));
  const summary = merge({ blobs: [one, three], files });
  expect(outcomes(summary)).toMatchObject({ a: 'passed', c: 'did not run', d: 'did not run', f: 'passed' });
  expect(summary.tests).toMatchObject({ total: 6, passed: 4, didNotRun: 2 });
  expect(summary.run.missingShards).toEqual(['2/3']);
  expect(summary.gates[0]).toMatchObject({
    state: 'failed',
    sentence: '2 of 6 tests did not run. The report of shard 2/3 is missing.',
  });

  const stopped = { ...fileOf({ runner: runner(2), tests: [] }), status: 'failed', errors: ['no server'] } as const;
  const failed = merge({
    blobs: [one, three],
    files: [...files, stopped],
    run: { status: 'failed', errors: ['no server'] },
  });
  expect(failed.run, 'a shard that did not get as far as its tests').toMatchObject({
    missingShards: [],
    status: 'failed',
  });
  expect(failed.tests).toMatchObject({ total: 6, passed: 4, didNotRun: 2 });
  expect(failed.gates[0]).toMatchObject({ state: 'failed', sentence: '2 of 6 tests did not run.' });
});

merging('of a test that was run again the newest report counts', ({ merge }) => {
  const stopped = { runner: runner(2), tests: [passes('c'), fails('d'), neverBegins('g')] };
  const again = { runner: runner(2, 60), tests: [passes('d'), passes('g')] };
  const summary = merge({
    blobs: [one, again, stopped, three], // as their files' names sort them
    files: [
      fileOf(one),
      fileOf(stopped, { status: 'timedout', errors: ['Timed out waiting 12s'] }),
      fileOf(again),
      fileOf(three),
    ],
    run: { status: 'timedout', errors: ['Timed out waiting 12s'] },
  });
  expect(outcomes(summary)).toEqual({
    a: 'passed',
    b: 'passed',
    c: 'passed',
    d: 'passed',
    e: 'passed',
    f: 'passed',
    g: 'passed',
  });
  expect(summary.tests).toMatchObject({ total: 7, passed: 7, failed: 0, didNotRun: 0 });
  expect(summary.run).toMatchObject({ status: 'passed', errors: [], missingShards: [] });
  expect(summary.run.duration, 'nothing ran in between').toBe(2 * minutes);
  expect(summary.run.shards.map(({ index, name }) => `${index} ${name}`)).toEqual([
    '1 shard 1',
    '2 shard 2',
    '4 shard 2 again',
    '3 shard 3',
  ]);
  expect(summary.all.find(({ title }) => title === 'd')?.attempts).toMatchObject([
    { status: 'failed', shard: 2, isRepeated: true },
    { status: 'passed', shard: 4, isRepeated: false },
  ]);
  expect(summary.cost.wastedByRetries, 'half a minute of a machine').toBeCloseTo(0.003, 12);
  expect(summary.missing).toEqual([]);

  const failsLater = { runner: runner(null, 90), tests: [fails('a')] };
  const worse = merge({ blobs: [one, two, three, failsLater], run: { status: 'failed' } });
  expect(outcomes(worse)).toMatchObject({ a: 'failed', d: 'failed' });
  expect(worse.run.status).toBe('failed');
});

merging('a report that says nothing of a test takes the place of none', ({ merge }) => {
  const again = { runner: runner(1, 60), tests: [neverBegins('a'), passes('b')] };
  expect(outcomes(merge({ blobs: [one, two, three, again] }))).toMatchObject({ a: 'passed', b: 'passed' });
});

merging('a set-up that every shard runs is one test, and fails where it fails in one', ({ merge }) => {
  const setUp = (blob: SampleBlob, made: typeof passes): SampleBlob => ({
    ...blob,
    dependencies: ['prepare'],
    tests: [made('prepared', { project: 'prepare' }), ...blob.tests],
  });
  const good = merge({ blobs: [setUp(one, passes), setUp(two, passes), setUp(three, passes)] });
  expect(good.tests).toMatchObject({ total: 7, passed: 6, failed: 1 });
  const prepared = good.all.find(({ area }) => area === 'prepare');
  expect(prepared).toMatchObject({ outcome: 'passed' });
  expect(prepared!.attempts.map(({ shard, isRepeated }) => ({ shard, isRepeated }))).toEqual([
    { shard: 1, isRepeated: false },
    { shard: 2, isRepeated: false },
    { shard: 3, isRepeated: false },
  ]);
  expect([good.cost.wastedByRetries, good.missing]).toEqual([0, []]);

  const bad = { blobs: [setUp(one, passes), setUp(two, fails), setUp(three, passes)] };
  expect(outcomes(merge(bad))).toMatchObject({ prepared: 'failed' });
  const again = setUp({ runner: runner(2, 60), tests: [passes('d')] }, passes);
  expect(outcomes(merge({ blobs: [...bad.blobs, again] }))).toMatchObject({ prepared: 'passed', d: 'passed' });
});

merging('a set-up is as bad as its worst report, and a run of everything takes the place of all', ({ merge }) => {
  const [flaky, never] = [
    { outcome: 'flaky', attempts: [{ status: 'failed' }, { status: 'passed' }] },
    { outcome: 'skipped', attempts: [] },
  ] as const;
  const outcome = (...reports: readonly (readonly [runner: Runner, told: Partial<SampleTest>])[]) =>
    outcomes(
      merge({
        blobs: reports.map(([each, told]) => ({
          runner: each,
          dependencies: ['prepare'],
          tests: [passes('prepared', { project: 'prepare', ...told }), passes('a')],
        })),
      }),
    )['prepared'];
  const failed = fails('prepared');
  expect(outcome([runner(1), {}], [runner(2), flaky], [runner(3), {}])).toBe('flaky');
  expect(outcome([runner(1), flaky], [runner(2), never], [runner(3), failed])).toBe('failed');
  expect(outcome([runner(1), {}], [runner(2), never])).toBe('did not run');
  expect(outcome([runner(1), failed], [runner(2), failed], [runner(null, 60), {}])).toBe('passed');
});

merging('what a runner met is no longer so when its tests were run again, and only then', ({ merge }) => {
  const stopped = { runner: runner(2), tests: [passes('c'), fails('d')] };
  const run = (again: SampleBlob, ofStopped = [fileOf(stopped, { status: 'timedout', errors: ['gone'] })]) =>
    merge({
      blobs: [one, stopped, again, three],
      files: [
        fileOf(one),
        ...ofStopped,
        fileOf(again),
        fileOf(three, { status: 'interrupted', errors: ['no disk', 'gone'] }),
      ],
      run: { status: 'timedout', errors: ['no disk', 'gone', 'gone'] },
    }).run;
  const others = { status: 'interrupted', errors: ['no disk', 'gone'] };
  const again = { runner: runner(2, 60), tests: [passes('d'), passes('z')] };
  const all = { status: 'timedout', errors: ['no disk', 'gone', 'gone'] };
  expect(run(again, []), 'of which there is no file').toMatchObject(all);
  expect(run(again)).toMatchObject(others);
  const whole = run({ runner: runner(null, 60), tests: [passes('d')] });
  expect(whole).toMatchObject({ ...others, missingShards: [] });
  expect(whole.shards.map(({ name }) => name).toSorted()).toEqual(['shard 1', 'shard 2', 'shard 3', 'undivided run']);
  expect(run({ runner: runner(2, 60), tests: [passes('z')] }), 'of another command').toMatchObject(all);
  expect(run({ runner: runner(1, 60), tests: [passes('d')] }), 'of another shard').toMatchObject(all);
  const early = { runner: runner(2), tests: [] };
  const began = merge({
    blobs: [one, again, three],
    files: [fileOf(one), fileOf(early, { status: 'failed', errors: ['no server'] }), fileOf(again), fileOf(three)],
    run: { status: 'failed', errors: ['no server'] },
  });
  expect(began.run, 'without having found its tests').toMatchObject({ status: 'passed', errors: [] });
});

merging('a run that shards began one after another lasted as long as they ran', ({ merge }) => {
  const blobs = [
    { runner: runner(1, 60), tests: one.tests },
    { runner: runner(2, 30), tests: two.tests },
  ];
  expect(merge({ blobs }).run).toMatchObject({
    duration: 2 * minutes,
    startedAt: new Date(30 * minutes).toISOString(),
  });
});

merging('a test that was to be skipped is skipped also where its shard is missing', ({ merge }) => {
  const { suite, config } = sampleMerge([one, two]);
  Object.assign(suite.allTests()[2]!, { expectedStatus: 'skipped' });
  const summary = merge({ blobs: [one], files: [fileOf(one, { planned: plannedTests(suite, config) })] });
  expect(outcomes(summary)).toEqual({ a: 'passed', b: 'passed', c: 'skipped', d: 'did not run' });
  expect(summary.all[2]).toMatchObject({ title: 'c', annotations: [], attempts: [] });
});

merging('a shard that is run again replaces no file', ({ merge }, testInfo) => {
  const again = [60, 90].map((at) => ({ runner: runner(2, at), tests: two.tests }));
  const { shards } = merge({ blobs: [one, two, three, ...again] }).run;
  expect(shards.map(({ index }) => index)).toEqual([1, 2, 4, 5, 3]);
  expect(readdirSync(testInfo.outputPath('blobs')).toSorted()).toEqual([
    'cost-performance-1-1-0.json',
    'cost-performance-2-2-0.json',
    'cost-performance-2-2-60.json',
    'cost-performance-2-2-90.json',
    'cost-performance-3-3-0.json',
  ]);
});
