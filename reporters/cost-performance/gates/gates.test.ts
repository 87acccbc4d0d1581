import { expect, test } from '../../../helpers/testing/cost-performance/composed-report.ts';
import { emptySummary, richSummary } from '../../../helpers/testing/cost-performance/sample-summary/index.ts';
import type { Summary } from '../summary/index.ts';
import { type Gate, type GateOptions, gateOptionsSchema } from './index.ts';

const defaults = gateOptionsSchema.parse({});
const rich = richSummary();

interface Judge {
  /** The gate of this name, for a run with these parts. */
  gate: (name: Gate['name'], more: Partial<Summary>, options?: Partial<GateOptions>, duration?: number | null) => Gate;
}

const judging = test.extend<Judge>({
  gate: async ({ parts }, use) => {
    await use((name, more, options = {}, duration = null) => {
      const gates = parts.checkGates({ ...rich, ...more }, { ...defaults, ...options }, { duration });
      return gates.find((gate) => gate.name === name)!;
    });
  },
});

judging('each gate can be switched off, and says nothing then', ({ parts }) => {
  const off = { successRate: false, duration: false, cost: false, regressions: false, leftBehind: false } as const;
  expect(parts.checkGates(rich, off, { duration: 1 })).toEqual(
    Object.keys(off).map((name) => ({ name, state: 'off', limit: '', found: '', sentence: '' })),
  );
  const [, , cost] = parts.checkGates({ ...rich, cost: { ...rich.cost, budget: null } }, defaults, { duration: 1 });
  expect(cost, 'without a budget').toMatchObject({ state: 'off' });
});

judging('the gates are those of the README unless options say otherwise', () => {
  expect(defaults).toEqual({ successRate: 0.95, duration: 2, cost: true, regressions: true, leftBehind: true });
  const given = { successRate: 1, duration: 1.5, cost: false, regressions: false, leftBehind: false };
  expect(gateOptionsSchema.parse(given)).toEqual(given);
  const off = { successRate: false, duration: false } as const;
  expect(gateOptionsSchema.parse(off)).toMatchObject(off);
  for (const wrong of [{ successRate: 1.1 }, { successRate: -0.1 }, { duration: 0 }, { cost: 1 }, { other: true }])
    expect(gateOptionsSchema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
});

judging('a run of twice the usual duration passes, and one of a millisecond more fails', ({ gate }) => {
  const lasting = (duration: number) => gate('duration', { run: { ...rich.run, duration } }, {}, 60_000);
  expect(lasting(120_000)).toEqual({
    name: 'duration',
    state: 'passed',
    limit: 'at most 2 min',
    found: '2 min',
    sentence: '',
  });
  expect(lasting(120_001).state).toBe('failed');
  expect(gate('duration', {})).toEqual({
    name: 'duration',
    state: 'unknown',
    limit: '2 × the baseline',
    found: 'unknown',
    sentence: 'There are too few runs of these tests in the history to compare the duration with.',
  });
});

judging('a run that costs its whole budget passes, spent and notional money together', ({ gate }) => {
  const amounts = { machine: 0, tasks: 0, requests: 0, storage: 0 };
  const costing = (spent: number, notional: number) =>
    gate('cost', {
      cost: { ...rich.cost, spent: { ...amounts, total: spent }, notional: { ...amounts, total: notional }, budget: 3 },
    });
  expect(costing(1, 2)).toEqual({
    name: 'cost',
    state: 'passed',
    limit: 'at most $3.00',
    found: '$3.00',
    sentence: '',
  });
  expect(costing(1, 3)).toMatchObject({
    state: 'failed',
    sentence: 'The run cost $4.00 ($1.00 spent, $3.00 notional), and the budget is $3.00: that is $1.00 too much.',
  });
});

judging('a run with missing shards or tests fails, whatever share of the others passed', ({ gate }) => {
  const incomplete = (didNotRun: number, missingShards: string[]) =>
    gate(
      'successRate',
      { tests: { ...rich.tests, total: 9, didNotRun, successRate: 1 }, run: { ...rich.run, missingShards } },
      { successRate: 0 },
    );
  expect(incomplete(0, [])).toMatchObject({ state: 'passed', limit: 'at least 0 %', found: '100 %' });
  expect(incomplete(2, ['1/3', '2/3'])).toEqual({
    name: 'successRate',
    state: 'failed',
    limit: 'at least 0 %',
    found: '2 did not run',
    sentence: '2 of 9 tests did not run. The reports of shards 1/3, 2/3 are missing.',
  });
  expect(incomplete(0, ['2/3']).sentence).toBe('The report of shard 2/3 is missing.');
  expect(gate('successRate', { tests: emptySummary().tests, run: emptySummary().run })).toEqual({
    name: 'successRate',
    state: 'unknown',
    limit: 'at least 95 %',
    found: 'unknown',
    sentence: 'No test ran, so there is no success rate.',
  });
});

judging('what became slower is named, and without enough samples nothing is known', ({ gate }) => {
  const one = rich.regressions.comparisons.find(({ verdict }) => verdict === 'slower');
  const judge = (comparisons: Summary['regressions']['comparisons'], historyRuns = 12) =>
    gate('regressions', { regressions: { ...rich.regressions, historyRuns, comparisons } });
  const slow = { ...one!, area: 'shop', name: 'pay', ratio: 1.5 };
  expect(judge([slow, { ...slow, verdict: 'same' }, { ...slow, name: 'open', ratio: 2 }])).toEqual({
    name: 'regressions',
    state: 'failed',
    limit: 'nothing slower',
    found: '2 slower',
    sentence: 'Slower than usual: pay of shop (+50 %), open of shop (+100 %).',
  });
  expect(judge([{ ...slow, verdict: 'faster' }])).toMatchObject({ state: 'passed', found: '0 slower' });
  const unknown = (runs: string) => ({
    name: 'regressions',
    state: 'unknown',
    limit: 'nothing slower',
    found: 'unknown',
    sentence: `Nothing can be compared: insufficient samples (${runs} in the history).`,
  });
  expect(judge([{ ...slow, verdict: 'insufficient samples' }], 1)).toEqual(unknown('1 run'));
  expect(judge([], 0)).toEqual(unknown('0 runs'));
});

judging('everything that is left behind is named', ({ gate }) => {
  const judge = (leftBehind: Summary['inventory']['leftBehind']) =>
    gate('leftBehind', { inventory: { before: null, after: null, leftBehind } });
  const left = ['a', 'b'].map((name) => ({ kind: 'tasks', name }));
  expect(judge(left)).toEqual({
    name: 'leftBehind',
    state: 'failed',
    limit: 'nothing',
    found: '2',
    sentence: 'Left behind: a (tasks), b (tasks).',
  });
  expect(judge([])).toMatchObject({ state: 'passed', found: '0' });
  expect(judge(null)).toMatchObject({ state: 'unknown', limit: 'nothing' });
});
