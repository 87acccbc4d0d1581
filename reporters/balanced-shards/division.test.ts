import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { FullConfig, Suite, TestCase, TestRun } from '@playwright/test/reporter';
import type { HistoryRun } from '../history/index.ts';
import { durationsOf } from './durations.ts';
import BalancedShards from './index.ts';
import MergedShards from './merged.ts';
import { keepOnly, readOnlyProjects, together } from './units.ts';

type Mode = ReturnType<TestRun['mode']>;
type Outline = string | { readonly title: string; readonly mode?: Mode; readonly inside: readonly Outline[] };

const modes = new Map<unknown, Mode>();

/** A suite or a test, as far as the division of shards reads it. A test is `skipped` by its title. */
function build(outline: Outline, type: 'project' | 'file' | 'describe', parent: Suite | undefined): Suite | TestCase {
  const titlePath = (title: string): string[] => [...(parent?.titlePath() ?? ['']), title];
  if (typeof outline === 'string')
    return {
      type: 'test',
      title: outline,
      id: titlePath(outline).join(' '),
      parent,
      expectedStatus: outline.includes('skipped') ? 'skipped' : 'passed',
      titlePath: () => titlePath(outline),
      repeatEachIndex: 0,
      tags: [],
    } as unknown as TestCase;
  const { title, mode = 'parallel', inside } = outline;
  const entries: (Suite | TestCase)[] = [];
  const suite = {
    type,
    title,
    parent,
    titlePath: () => titlePath(title),
    entries: () => entries,
    allTests: () => entries.flatMap((entry) => (entry.type === 'test' ? [entry] : entry.allTests())),
  } as unknown as Suite;
  modes.set(suite, mode);
  entries.push(...inside.map((each) => build(each, type === 'project' ? 'file' : 'describe', suite)));
  return suite;
}

function project(title: string, inside: readonly Outline[], more: object = {}): Suite {
  const suite = build({ title, inside }, 'project', undefined) as Suite;
  const known = { dependencies: [], metadata: {}, ...more };
  return Object.assign(suite, { project: () => known });
}

const mode = (suite: Suite): Mode => modes.get(suite)!;
const titles = (tests: readonly TestCase[]): string[] => tests.map(({ title }) => title);

/** Removes what is excluded, as Playwright does, and notes it. */
function runOf(excluded: string[]): TestRun {
  return {
    mode,
    exclude(entry: Suite | TestCase) {
      excluded.push(entry.title);
      const siblings = entry.parent?.entries();
      siblings?.splice(siblings.indexOf(entry), 1);
    },
    skipSharding: () => void excluded.push('(sharding)'),
  } as unknown as TestRun;
}

test.describe('units', () => {
  const suites = [
    project('p', [
      {
        title: 'free.spec.ts',
        inside: ['a', { title: 'serial', mode: 'serial', inside: ['b', { title: 'inner', inside: ['c'] }] }, 'd'],
      },
      { title: 'ordered.spec.ts', mode: 'default', inside: ['e', { title: 'own', mode: 'parallel', inside: ['f'] }] },
      { title: 'outer.spec.ts', mode: 'default', inside: [{ title: 'serial', mode: 'serial', inside: ['g'] }, 'h'] },
    ]),
  ];

  test('tests of a suite that runs in order stay together, up to the outermost such suite', () => {
    const tests = suites.flatMap((suite) => suite.allTests());
    expect(together(tests, mode).map(titles)).toEqual([['a'], ['b'], ['c'], ['d'], ['e'], ['f'], ['g', 'h']]);
  });

  test('a test that is not kept is excluded, by whole suites where none of a suite is', () => {
    const excluded: string[] = [];
    const [first] = suites;
    const tests = first!.allTests();
    keepOnly(new Set(tests.filter(({ title }) => ['a', 'c'].includes(title))), suites, runOf(excluded));
    expect(excluded).toEqual(['b', 'd', 'ordered.spec.ts', 'outer.spec.ts']);
    expect(titles(first!.allTests())).toEqual(['a', 'c']);
  });

  test('every shard runs the projects that others need, unless they are ordinary ones', () => {
    const root = {
      suites: [
        project('set-up', ['s']),
        project('clean-up', ['t']),
        project('specs', ['a'], { dependencies: ['set-up'], teardown: 'clean-up' }),
      ],
    } as unknown as Suite;
    const names = (argv: readonly string[]) => [...readOnlyProjects(root, argv)].map(({ title }) => title);
    expect(names([])).toEqual(['set-up', 'clean-up']);
    expect(names(['--no-deps'])).toEqual([]);
  });
});

test.describe('durations', () => {
  const tests = project('p', [
    { title: 'a.spec.ts', inside: ['one', 'two', { title: 'group', inside: ['three', 'new', 'skipped'] }, 'other'] },
    { title: 'b.spec.ts', inside: ['late'] },
  ]).allTests();
  const recorded = (known: Readonly<Record<string, number>>) =>
    new Map(tests.flatMap(({ id, title }) => (known[title] === undefined ? [] : [[id, known[title]] as const])));
  const expected = (known: Readonly<Record<string, number>>) =>
    Object.fromEntries([...(durationsOf(tests, recorded(known)) ?? [])].map(([{ title }, ms]) => [title, ms]));

  test('a test without a record takes as long as the closest recorded tests usually do', () => {
    expect(expected({ one: 10, two: 20, three: 90, skipped: 1000 })).toEqual({
      one: 10,
      two: 20,
      three: 90,
      new: 545, // of its group
      skipped: 0,
      other: 55, // of its file
      late: 55, // of its project
    });
  });

  test('nothing is expected when nothing is recorded', () => {
    expect(durationsOf(tests, new Map())).toBeUndefined();
    expect(durationsOf(tests, new Map([['of another project', 5]]))).toBeUndefined();
  });
});

test.describe('a shard', () => {
  /** What a shard says and excludes. */
  async function divided(
    file: string,
    { argv = [], shard = { current: 1, total: 2 } }: { argv?: string[]; shard?: FullConfig['shard'] } = {},
  ) {
    const suite = { suites: [project('p', [{ title: 'a.spec.ts', inside: ['long', 'b', 'c', 'd'] }])] };
    const config = { shard, argv, workers: 1, configFile: path.join(path.dirname(file), 'playwright.config.ts') };
    const [excluded, said]: [string[], string[]] = [[], []];
    const write = process.stderr.write;
    process.stderr.write = (text: string) => said.push(text.trim()) > 0;
    try {
      const reporter = new BalancedShards({ history: path.basename(file) });
      const asked = { config, suite, testRun: runOf(excluded) } as unknown as Parameters<typeof reporter.preprocess>[0];
      await reporter.preprocess(asked);
    } finally {
      process.stderr.write = write;
    }
    return { excluded, said, plan: suite.suites[0]!.project()!.metadata['shards'] as { tests: number } | undefined };
  }

  function recorded(file: string, durations: Readonly<Record<string, number>>): string {
    const tests = Object.entries(durations).map(([title, duration]) => [
      ` p a.spec.ts ${title}`,
      { area: '', duration, cost: 0, samples: {} },
    ]);
    const run: HistoryRun = {
      version: 1,
      startedAt: '2026-01-01T00:00:00Z',
      duration: 0,
      calibration: null,
      tests: Object.fromEntries(tests) as HistoryRun['tests'],
    };
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(run)}\n`);
    return file;
  }

  test('a shard keeps its share of the time, and says so', async ({}, testInfo) => {
    const file = recorded(testInfo.outputPath('runs/history.jsonl'), { long: 300, b: 100, c: 100, d: 100 });
    const first = await divided(file);
    expect(first).toEqual({
      excluded: ['(sharding)', 'b', 'c', 'd'],
      said: ['Shard 1 of 2 has 1 of 4 tests and 50 % of the time that all are expected to take.'],
      plan: { tests: 4, fingerprint: expect.any(String) },
    });
    const second = await divided(file, { shard: { current: 2, total: 2 } });
    expect(second).toEqual({
      excluded: ['(sharding)', 'long'],
      said: ['Shard 2 of 2 has 3 of 4 tests and 50 % of the time that all are expected to take.'],
      plan: first.plan,
    });
  });

  test('tests that take no time are divided, too', async ({}, testInfo) => {
    const file = recorded(testInfo.outputPath('history.jsonl'), { long: 0, b: 0, c: 0, d: 0 });
    const { said } = await divided(file);
    expect(said.join()).toMatch(/has 4 of 4 tests and 0 % of the time/);
  });

  test('a whole run is left as it is', async ({}, testInfo) => {
    const file = recorded(testInfo.outputPath('history.jsonl'), { long: 300 });
    expect(await divided(file, { shard: null })).toEqual({ excluded: [], said: [], plan: undefined });
  });

  test('what is run again after a failure has no plan, since only a part of it runs', async ({}, testInfo) => {
    const file = recorded(testInfo.outputPath('history.jsonl'), { long: 300, b: 100, c: 100, d: 100 });
    expect((await divided(file, { argv: ['--last-failed'] })).plan).toBeUndefined();
  });

  test('without recorded durations shards go by count, with a plan, and a damaged history is told', async ({}, info) => {
    const file = recorded(info.outputPath('history.jsonl'), {});
    writeFileSync(file, '{\n');
    const { excluded, said, plan } = await divided(file);
    expect(excluded).toEqual([]);
    expect(plan).toMatchObject({ tests: 4 });
    expect(said).toEqual([
      expect.stringMatching(/^Line 1 of the history .* is damaged/),
      'Shards are by count of tests, because no durations of these are recorded yet: a whole or merged run records them in history.jsonl.',
    ]);
  });

  test('neither reporter prints', () => {
    expect(new BalancedShards().printsToStdio()).toBe(false);
    expect(new MergedShards().printsToStdio()).toBe(false);
  });
});

test('a merge of some of the shards fails with what is missing, and a whole one does not', () => {
  const ended = (...suites: readonly Suite[]) => {
    const reporter = new MergedShards();
    reporter.onBegin(undefined, { suites } as unknown as Suite);
    return () => reporter.onEnd();
  };
  const shard = project('p', [{ title: 'a.spec.ts', inside: ['a'] }], {
    metadata: { shards: { tests: 2, fingerprint: 'x' } },
  });
  expect(ended(shard)).toThrow('Of 2 tests 1 are in the merged report: the report of a shard is missing.');
  expect(ended(project('p', ['a']))).not.toThrow();
});
