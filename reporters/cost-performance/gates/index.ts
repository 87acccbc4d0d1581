import { formatChange, formatDuration, formatShare, formatUsd } from '../../../helpers/lib/format.ts';
import type { Summary } from '../summary/index.ts';
import type { GateOptions } from './gate-options.ts';

export { type GateOptions, gateOptionsSchema } from './gate-options.ts';

export type Gate = Summary['gates'][number];

type SummaryWithoutVerdict = Omit<Summary, 'gates'>;

/** Values for the gates that are not in the summary. */
export interface Baselines {
  /** The expected milliseconds of these tests on this machine; null when there is nothing to compare with. */
  readonly duration: number | null;
}

/** Judges a run: each gate reports its limit, what it found, and by how much it was missed. */
export function checkGates(summary: SummaryWithoutVerdict, options: GateOptions, baselines: Baselines): Gate[] {
  return [
    successRate(summary, options.successRate),
    duration(summary, options.duration, baselines.duration),
    cost(summary, options.cost),
    regressions(summary, options.regressions),
    leftBehind(summary, options.leftBehind),
  ];
}

function successRate({ tests: { successRate: found } }: SummaryWithoutVerdict, limit: number | false): Gate {
  const name = 'successRate';
  if (limit === false) return off(name);
  if (found === null)
    return unknown(name, `at least ${formatShare(limit)}`, 'No test ran, so there is no success rate.');
  return judged(
    name,
    found >= limit,
    `at least ${formatShare(limit)}`,
    formatShare(found),
    `${formatShare(found)} of the tests that ran passed, and at least ${formatShare(limit)} must: ` +
      `that is ${formatPoints(limit - found)} too few.`,
  );
}

function duration({ run }: SummaryWithoutVerdict, times: number | false, baseline: number | null): Gate {
  const name = 'duration';
  if (times === false) return off(name);
  if (baseline === null)
    return unknown(
      name,
      `${times} × the baseline`,
      'There are too few runs of these tests in the history to compare the duration with.',
    );
  const limit = times * baseline;
  return judged(
    name,
    run.duration <= limit,
    `at most ${formatDuration(limit)}`,
    formatDuration(run.duration),
    `The run took ${formatDuration(run.duration)}, and at most ${formatDuration(limit)} is allowed ` +
      `(${times} × what such runs took, at the speed that this machine had): ` +
      `that is ${formatChange(run.duration / limit)}.`,
  );
}

function cost({ cost: { spent, notional, budget } }: SummaryWithoutVerdict, isOn: boolean): Gate {
  const name = 'cost';
  if (!isOn || budget === null) return off(name);
  const found = spent.total + notional.total;
  return judged(
    name,
    found <= budget,
    `at most ${formatUsd(budget)}`,
    formatUsd(found),
    `The run cost ${formatUsd(found)} (${formatUsd(spent.total)} spent, ${formatUsd(notional.total)} notional), ` +
      `and the budget is ${formatUsd(budget)}: that is ${formatUsd(found - budget)} too much.`,
  );
}

function regressions({ regressions: { comparisons, historyRuns } }: SummaryWithoutVerdict, isOn: boolean): Gate {
  const name = 'regressions';
  if (!isOn) return off(name);
  const compared = comparisons.filter(({ verdict }) => verdict !== 'insufficient samples');
  if (compared.length === 0)
    return unknown(
      name,
      'nothing slower',
      `Nothing can be compared: insufficient samples ` +
        `(${historyRuns} ${historyRuns === 1 ? 'run' : 'runs'} in the history).`,
    );
  const slower = compared.filter(({ verdict }) => verdict === 'slower');
  const named = slower.map(({ area, name: what, ratio }) => `${what} of ${area} (${formatChange(ratio!)})`);
  return judged(
    name,
    slower.length === 0,
    'nothing slower',
    `${slower.length} slower`,
    `Slower than usual: ${named.join(', ')}.`,
  );
}

function leftBehind({ inventory: { leftBehind: left } }: SummaryWithoutVerdict, isOn: boolean): Gate {
  const name = 'leftBehind';
  if (!isOn) return off(name);
  if (left === null)
    return unknown(name, 'nothing', 'What is left behind is not known: the inventory could not be taken.');
  return judged(
    name,
    left.length === 0,
    'nothing',
    String(left.length),
    `Left behind: ${left.map(({ kind, name: what }) => `${what} (${kind})`).join(', ')}.`,
  );
}

function judged(name: Gate['name'], isMet: boolean, limit: string, found: string, complaint: string): Gate {
  return { name, state: isMet ? 'passed' : 'failed', limit, found, sentence: isMet ? '' : complaint };
}

function unknown(name: Gate['name'], limit: string, sentence: string): Gate {
  return { name, state: 'unknown', limit, found: 'unknown', sentence };
}

function off(name: Gate['name']): Gate {
  return { name, state: 'off', limit: '', found: '', sentence: '' };
}

function formatPoints(share: number): string {
  return `${Number((100 * share).toFixed(1))} percentage points`;
}
