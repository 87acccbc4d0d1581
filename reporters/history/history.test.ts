import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import {
  appendToHistory,
  baselineDuration,
  expectedCost,
  expectedDurations,
  type HistoryRun,
  readHistory,
} from './index.ts';

function historyRun(
  tests: Readonly<Record<string, { duration?: number; cost?: number }>>,
  duration = 60_000,
): HistoryRun {
  return {
    version: 1,
    startedAt: '2025-06-01T12:00:00.000Z',
    duration,
    calibration: 50,
    tests: Object.fromEntries(
      Object.entries(tests).map(([id, known]) => [
        id,
        { area: 'api', duration: 1000, cost: 0.01, samples: {}, ...known },
      ]),
    ),
  };
}

test.describe('the file', () => {
  test('a missing history file is an empty history', ({}, testInfo) => {
    expect(readHistory(testInfo.outputPath('none.jsonl'))).toEqual({ runs: [], problems: [] });
  });

  test('runs are read in the order they were appended, and the oldest are dropped', ({}, testInfo) => {
    const file = testInfo.outputPath('a', 'new', 'folder', 'history.jsonl');
    const runs = [1, 2, 3, 4].map((duration) => historyRun({ t: { duration } }, duration));
    for (const run of runs) appendToHistory(file, run, 3);
    expect(readHistory(file)).toEqual({ runs: runs.slice(1), problems: [] });
    expect(readdirSync(path.dirname(file))).toEqual(['history.jsonl']);
    appendToHistory(file, runs[0]!, 1);
    expect(readHistory(file).runs).toEqual([runs[0]]);
  });

  test('a damaged file yields its good runs and a sentence for each bad line', ({}, testInfo) => {
    const file = testInfo.outputPath('history.jsonl');
    appendToHistory(file, historyRun({}, 1));
    appendFileSync(file, '{"version":1,"star\n{"version":2}\n\n');
    appendFileSync(file, `${JSON.stringify({ ...historyRun({}), duration: -1 })}\n`);
    appendToHistory(file, historyRun({}, 2));

    const { runs, problems } = readHistory(file);
    expect(runs.map(({ duration }) => duration)).toEqual([1, 2]);
    expect(problems).toEqual([
      `Line 2 of the history ${file} is damaged (it is not JSON): that run is left out; delete the line to hear ` +
        'no more of it.',
      `Line 3 of the history ${file} is damaged (version: Invalid input: expected 1): that run is left out; ` +
        'delete the line to hear no more of it.',
      `Line 4 of the history ${file} is damaged (duration: Too small: expected number to be >=0): that run is ` +
        'left out; delete the line to hear no more of it.',
    ]);
  });

  test('a file that cannot be read or written is reported, and no temporary file stays', ({}, testInfo) => {
    const blocked = testInfo.outputPath('file');
    writeFileSync(blocked, '');
    const file = path.join(blocked, 'history.jsonl');
    expect(readHistory(file).problems).toEqual([
      expect.stringMatching(/^The history .* cannot be read \(ENOTDIR: .*\): this run is compared with nothing\.$/),
    ]);
    expect(() => appendToHistory(file, historyRun({}))).toThrow(
      /^The history .* cannot be written \(ENOTDIR: .*\): point the reporter's option history at a file in a folder that can be\.$/,
    );

    const folder = testInfo.outputPath();
    expect(() => appendToHistory(folder, historyRun({}))).toThrow(/cannot be written \(EISDIR/);
    expect(existsSync(`${folder}.${process.pid}`)).toBe(false);
    expect(readFileSync(blocked, 'utf8')).toBe('');
  });
});

test.describe('expectations', () => {
  const history = [
    historyRun({ a: { duration: 10, cost: 1 }, b: { duration: 50, cost: 3 } }, 100),
    historyRun({ a: { duration: 30, cost: 2 } }, 40),
    historyRun({ a: { duration: 20, cost: 9 }, b: { duration: 70, cost: 5 } }, 300),
  ];

  test("a test's expected duration is its median", () => {
    expect(expectedDurations(history)).toEqual(
      new Map([
        ['a', 20],
        ['b', 60],
      ]),
    );
    expect(expectedDurations([])).toEqual(new Map());
  });

  test('the expected cost is the sum of medians when most tests are known', () => {
    const cost = (...tests: readonly string[]) => expectedCost(history, { tests, shards: 1, workers: new Map() });
    expect([cost('a', 'b'), cost('a'), cost('a', 'b', 'new')]).toEqual([6, 2, 9]);
    expect([cost('a', 'new', 'newer'), cost()]).toEqual([null, null]);
    expect(expectedCost([], { tests: ['a'], shards: 1, workers: new Map() })).toBeNull();
  });

  test('every shard and every worker starts what it needs', () => {
    const starts = (shard: number) => ({ shard, workers: { api: 0.5 } });
    const divided = [...history, { ...history[1]!, starts: starts(1) }, { ...history[1]!, starts: starts(3) }];
    const workers = new Map([
      ['api', 4],
      ['unknown', 2],
    ]);
    expect(expectedCost(divided, { tests: ['a'], shards: 3, workers }), 'of runs that say so').toBe(
      2 + 3 * 2 + 4 * 0.5,
    );
  });

  test('the expected duration needs five runs of the same tests', () => {
    const five = [...history, ...history, ...history];
    const now = { calibration: 50 };
    expect(baselineDuration(five, ['a', 'b'], now), 'of six').toBe(200);
    expect(baselineDuration([...five, ...history, ...history], ['a'], now), 'of five').toBe(40);
    expect(baselineDuration(five, ['a'], now), 'of three').toBeNull();
    expect(baselineDuration(five, ['c'], now)).toBeNull();
    expect(baselineDuration([], [], now)).toBeNull();
  });

  test("the expected duration is scaled to the machine's speed and load", () => {
    const before = Array.from({ length: 5 }, () => ({ ...historyRun({ a: {} }, 1000), contention: 2 }));
    const baseline = (run: Pick<HistoryRun, 'calibration' | 'contention'>): number | null =>
      baselineDuration(before, ['a'], run);
    expect([baseline({ calibration: 100, contention: 6 }), baseline({ calibration: 25, contention: 2 })]).toEqual([
      6000, 500,
    ]);
    expect(
      [baseline({ calibration: null, contention: 6 }), baseline({ calibration: 100 })],
      'where one is not known',
    ).toEqual([3000, 2000]);
    const unknown = before.map((each) => ({ ...each, calibration: null, contention: undefined }));
    expect(baselineDuration(unknown, ['a'], { calibration: 100, contention: 6 })).toBe(1000);
  });
});
