import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { Suite, TestCase } from '@playwright/test/reporter';
import {
  appendToHistory,
  baselineDuration,
  expectedCost,
  type HistoryRun,
  identityOf,
  neededProjects,
  readHistory,
} from './index.ts';

function runOf(ids: readonly string[]): HistoryRun {
  const tests = ids.map((id) => [id, { area: 'api', duration: 1000, cost: 1, samples: {} }] as const);
  return {
    version: 1,
    startedAt: '2026-01-01T00:00:00Z',
    duration: 500,
    calibration: null,
    tests: Object.fromEntries(tests),
  };
}

test('a cost is expected when exactly half of the tests are known', () => {
  const run = { tests: ['a', 'new'], shards: 1, workers: new Map<string, number>() };
  expect(expectedCost([runOf(['a'])], run)).toBe(2);
});

test('a duration is expected of runs with exactly nine in ten of the tests, and not of fewer', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `test ${index}`);
  const five = Array.from({ length: 5 }, () => runOf(ids(9)));
  expect(baselineDuration(five, ids(10), { calibration: null })).toBe(500);
  expect(baselineDuration(five, ids(11), { calibration: null })).toBeNull();
});

test('a damaged line is said to be damaged in which place', ({}, testInfo) => {
  const file = testInfo.outputPath('history.jsonl');
  mkdirSync(path.dirname(file), { recursive: true });
  const run = runOf(['a']);
  writeFileSync(file, `7\n${JSON.stringify({ ...run, tests: { a: { ...run.tests['a'], cost: -1 } } })}\n`);
  const { runs, problems } = readHistory(file);
  expect(runs).toEqual([]);
  expect(problems.map((problem) => /damaged \((.*)\): /.exec(problem)?.[1])).toEqual([
    'Invalid input: expected object, received number',
    'tests.a.cost: Too small: expected number to be >=0',
  ]);
});

test('a history that cannot be read is no run', ({}, testInfo) => {
  const folder = testInfo.outputPath('history.jsonl');
  mkdirSync(folder, { recursive: true });
  expect(readHistory(folder).runs).toEqual([]);
});

test('a full disk leaves the history as it was, and no draft of it', ({}, testInfo) => {
  test.skip(!existsSync('/dev/full'), 'the system has no device that is always full');
  const file = testInfo.outputPath('history.jsonl');
  appendToHistory(file, runOf(['a']));
  const before = readFileSync(file, 'utf8');
  const draft = `${file}.${process.pid}`;
  symlinkSync('/dev/full', draft);
  expect(() => appendToHistory(file, runOf(['b']))).toThrow(/cannot be written \(ENOSPC/);
  expect(lstatSync(draft, { throwIfNoEntry: false })).toBeUndefined();
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('a test is the same in every report by its titles, its repetition and its tags in any order', () => {
  const identity = (titles: string[], repeatEachIndex = 0, tags: string[] = []) =>
    identityOf({ titlePath: () => titles, repeatEachIndex, tags } as unknown as TestCase);
  const first = identity(['', 'api', 'a.spec.ts', 'title'], 0, ['@b', '@a']);
  expect(identity(['another root', 'api', 'a.spec.ts', 'title'], 0, ['@a', '@b'])).toBe(first);
  expect(identity(['', 'web', 'a.spec.ts', 'title'], 0, ['@a', '@b'])).not.toBe(first);
  expect(identity(['', 'api', 'a.spec.ts', 'title'], 1, ['@a', '@b'])).not.toBe(first);
  expect(identity(['', 'api', 'a.spec.ts', 'title'], 0, ['@a'])).not.toBe(first);
});

test('needed are the projects that others depend on, and their teardowns', () => {
  const project = (known: object | undefined) => ({ project: () => known }) as unknown as Suite;
  const projects = [project({ dependencies: ['set-up'], teardown: 'clean-up' }), project({}), project(undefined)];
  expect(neededProjects(projects)).toEqual(new Set(['set-up', 'clean-up']));
});
