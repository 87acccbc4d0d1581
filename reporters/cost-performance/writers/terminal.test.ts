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
  expect(lines.slice(-2)).toEqual(['  report             cost-performance.html', '']);
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
