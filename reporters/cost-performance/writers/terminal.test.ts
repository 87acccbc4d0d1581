import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@playwright/test';
import type { Summary } from '../summary/summary-schema.ts';
import { emptySummary, richSummary } from '../../../helpers/testing/cost-performance/sample-summary/index.ts';
import { renderTerminal } from './terminal.ts';

test('the table shows each area, and remarks follow below', () => {
  const lines = renderTerminal(richSummary(), { report: 'cost-performance.html' }).split('\n');
  expect(lines.slice(0, 7)).toEqual([
    '  area         tests  failed      p95        measurement  would cost  left behind',
    '  ───────────  ─────  ──────  ───────  ─────────────────  ──────────  ───────────',
    '  databases       64       0  0.56 ms   postgres.acquire     $0.0028            0',
    '  experiments     52       1    28 ms       http.latency     $0.0082            1',
    '  sessions        34       2    4.0 s  session.coldStart     $0.0273            0',
    '  slower than usual  session.coldStart  +48 % (p < 0.001, 22 against 264 samples)',
    '  faster than usual  postgres.snapshot  −32 % (p < 0.001, 24 against 288 samples)',
  ]);
  expect(lines).toContain('  history            12 runs; insufficient samples of 3 measurements');
  expect(lines).toContain('  gate failed        The success rate is 97.9 %, and 100 % is asked for.');
  expect(lines.filter((line) => line.includes('gate unknown'))).toEqual([]);
  expect(lines.slice(-2)).toEqual(['  report             cost-performance.html', '']);
});

test('a gate of which nothing is known says why', () => {
  const gates: Summary['gates'] = [
    { name: 'cost', state: 'passed', limit: '', found: '', sentence: '' },
    { name: 'duration', state: 'unknown', limit: '', found: '', sentence: 'Nothing to compare.' },
  ];
  const lines = renderTerminal({ ...richSummary(), gates }).split('\n');
  expect(lines.filter((line) => line.includes('gate'))).toEqual(['  gate unknown       Nothing to compare.']);
  expect(lines.filter((line) => line.includes('report'))).toEqual([]);
});

test('a good run has at most fifteen lines', () => {
  const rich = richSummary();
  const good: Summary = { ...rich, gates: rich.gates.filter(({ state }) => state !== 'failed'), missing: [] };
  expect(renderTerminal(good, { report: 'cost-performance.html' }).trimEnd().split('\n').length).toBeLessThanOrEqual(
    15,
  );
});

test('the first of many sentences are shown, and the others counted', () => {
  const missing = Array.from({ length: 8 }, (_, index) => `Sentence ${index + 1}.`);
  expect(renderTerminal({ ...emptySummary(), missing })).toContain('Sentence 4.\n                     and 4 more\n');
});

test('spent and notional money are two columns', () => {
  const rich = richSummary();
  const spent = { machine: 1.5, tasks: 0, requests: 0, storage: 0, total: 1.5 };
  const text = renderTerminal({ ...rich, cost: { ...rich.cost, spent } });
  expect(text).toContain('  spent  would cost  ');
  expect(text).toContain('$1.50 spent, would have cost $0.0387 (not billed)');
});

test('colours do not change the text', () => {
  const plain = renderTerminal(richSummary());
  expect(stripVTControlCharacters(plain)).toBe(plain);
  expect(stripVTControlCharacters(renderTerminal(richSummary(), { color: true }))).toBe(plain);
});

test('a run without data is described as such', () => {
  expect(renderTerminal(emptySummary(), { report: 'cost-performance.html' })).toBe(
    [
      '  history            none yet',
      '  cost               nothing, no estimate without a history, no budget',
      '  not known          The run was interrupted before it said anything.',
      '  report             cost-performance.html',
      '',
    ].join('\n'),
  );
});

test('a few tests get one line', () => {
  const rich = richSummary();
  const few: Summary = {
    ...rich,
    tests: { ...rich.tests, total: 3 },
    regressions: { ...rich.regressions, comparisons: [] },
    gates: [],
    resources: { ...rich.resources, alerts: [] },
    missing: [],
  };
  expect(renderTerminal(few, { report: 'cost-performance.html' })).toBe(
    '  cost and performance  would cost $0.0387, 1 left behind, cost-performance.html\n',
  );
});

test('of a few tests, what deserves attention stands below the line', () => {
  const rich = richSummary();
  const [first, ...rest] = renderTerminal({ ...rich, tests: { ...rich.tests, total: 3 } }).split('\n');
  expect(first).toMatch(/^ {2}cost and performance {2}/);
  expect(rest).toContain('  gate failed        The success rate is 97.9 %, and 100 % is asked for.');
  expect(rest.join()).not.toContain('history');
});

test('a table stands for more than ten tests, and for a run of none', () => {
  const rich = richSummary();
  const firstLine = (total: number) => renderTerminal({ ...rich, tests: { ...rich.tests, total } }).split('\n')[0];
  expect(
    [0, 10, 11].map((total) => firstLine(total)!.includes('left behind') && firstLine(total)!.includes('p95')),
  ).toEqual([true, false, true]);
});

test('the line of a few tests says what was spent and left, or that it is not known', () => {
  const rich = richSummary();
  const line = (leftBehind: Summary['inventory']['leftBehind']) =>
    renderTerminal({
      ...rich,
      tests: { ...rich.tests, total: 3 },
      inventory: { ...rich.inventory, leftBehind },
      cost: { ...rich.cost, spent: { ...rich.cost.spent, total: 2 } },
    }).split('\n')[0];
  const money = '  cost and performance  spent $2.00, would cost $0.0387, ';
  expect([line([]), line(null)]).toEqual([`${money}nothing left behind`, `${money}what is left behind is not known`]);
});

test('below a few tests stands what is wrong, and nothing of history and cost', () => {
  const rich = richSummary();
  const lines = renderTerminal(
    {
      ...rich,
      tests: { ...rich.tests, total: 3 },
      gates: [{ name: 'duration', state: 'unknown', limit: '', found: '', sentence: 'Nothing to compare.' }],
    },
    { report: 'cost-performance.html' },
  ).split('\n');
  expect(lines.slice(1).map((line) => line.slice(2, 21).trim())).toEqual([
    'slower than usual',
    'resources',
    'not known',
    '',
  ]);
});

test('what did not run has a column and a line, and its area is red like one with failures', () => {
  const rich = richSummary();
  const [first, second, third] = rich.areas as [
    Summary['areas'][number],
    Summary['areas'][number],
    Summary['areas'][number],
  ];
  const summary: Summary = {
    ...rich,
    run: { ...rich.run, missingShards: ['2/3'] },
    tests: { ...rich.tests, didNotRun: 1200 },
    areas: [
      { ...first, tests: { ...first.tests, failed: 0, didNotRun: 1200 } },
      { ...second, latency: null, tests: { ...second.tests, failed: 2, didNotRun: 0 } },
      { ...third, tests: { ...third.tests, failed: 0, didNotRun: 0 } },
    ],
  };
  const plain = renderTerminal(summary).split('\n');
  expect(plain[0]).toMatch(/^ {2}area +tests +failed +did not run +p95 +measurement +would cost +left behind$/);
  expect(plain[2]).toMatch(/^ {2}databases +64 +0 +1,200 +0\.56 ms +postgres\.acquire /);
  expect(plain[3]).toMatch(/^ {2}experiments +52 +2 +0 +– +\$/);
  expect(plain.slice(5, 7)).toEqual([
    '  not complete       1,200 of 150 tests did not run',
    '                     the report of shard 2/3 is missing',
  ]);
  const red = renderTerminal(summary, { color: true })
    .split('\n')
    .slice(0, 7)
    .map((line) => line.includes('\u001B[31m'));
  expect(red).toEqual([false, false, true, true, false, true, true]);
});

test('five sentences of one kind are shown, and of more four', () => {
  const shown = (count: number) =>
    renderTerminal({
      ...emptySummary(),
      missing: Array.from({ length: count }, (_, index) => `Sentence ${index + 1}.`),
    });
  expect(shown(5)).toContain('Sentence 5.\n');
  expect(shown(6)).toContain('Sentence 4.\n                     and 2 more\n');
  expect(shown(6)).not.toContain('Sentence 5.');
});

test('the history is counted, and measurements with too few samples are', () => {
  const rich = richSummary();
  const history = (historyRuns: number, comparisons: Summary['regressions']['comparisons']) =>
    /history +(.*)/.exec(
      renderTerminal({ ...rich, regressions: { ...rich.regressions, historyRuns, comparisons } }),
    )?.[1];
  const few = rich.regressions.comparisons.find(({ verdict }) => verdict === 'insufficient samples');
  expect(history(1, [])).toBe('1 run');
  expect(history(0, [few!])).toBe('none yet; insufficient samples of 1 measurement');
});
