import { counted, formatChange, formatDuration, formatShare, formatUsd } from '../../../helpers/lib/format.ts';
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

/** Nobody knows of a test that did not run whether it passes, so one is enough for the gate to fail. */
function successRate({ tests, run }: SummaryWithoutVerdict, limit: number | false): Gate {
  const name = 'successRate';
  if (limit === false) return off(name);
  const { successRate: found, didNotRun, total } = tests;
  const asked = `at least ${formatShare(limit)}`;
  if (didNotRun > 0 || run.missingShards.length > 0)
    return judged(name, false, asked, `${didNotRun} did not run`, incomplete(didNotRun, total, run.missingShards));
  if (found === null) return unknown(name, asked, 'No test ran, so there is no success rate.');
  return judged(
    name,
    found >= limit,
    asked,
    formatShare(found),
    `${formatShare(found)} of the tests passed, and ${asked} must: ` +
      `that is ${formatPoints(limit - found)} too few.`,
  );
}

function incomplete(didNotRun: number, total: number, shards: readonly string[]): string {
  return [
    ...(didNotRun > 0 ? [`${didNotRun} of ${counted(total, 'test')} did not run.`] : []),
    ...(shards.length > 0 ? [missingShardsInWords(shards)] : []),
  ].join(' ');
}

/** One sentence. @param shards such as `2/3`, one at least. */
export function missingShardsInWords(shards: readonly string[]): string {
  return shards.length === 1
    ? `The report of shard ${shards[0]} is missing.`
    : `The reports of shards ${shards.join(', ')} are missing.`;
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
