import type { Unit } from '../../../helpers/run/measurements/index.ts';
import type { Summary } from '../summary/summary-schema.ts';
import { counted, formatChange, formatCount, formatP, formatUsd, formatValue } from '../../../helpers/lib/format.ts';

export type Area = Summary['areas'][number];
export type Test = Summary['all'][number];
export type Cost = Summary['cost'];
export type Comparison = Summary['regressions']['comparisons'][number];

export interface Verdict {
  readonly good: boolean;
  readonly sentence: string;
}

/** The outcome of the run, in one sentence. */
export function verdictOf({ run, tests, gates }: Pick<Summary, 'run' | 'tests' | 'gates'>): Verdict {
  const broken = gates.filter(({ state }) => state === 'failed');
  const isWhole = tests.didNotRun === 0 && run.missingShards.length === 0;
  const good = run.status === 'passed' && tests.failed === 0 && isWhole && broken.length === 0;
  // A run can fail without any of its tests: in a set-up, or in global teardown.
  const isUnexplained = run.status === 'failed' && tests.failed + tests.flaky === 0 && tests.total > 0 && isWhole;
  const said =
    broken.length > 0 ? `, and ${counted(broken.length, 'gate')} failed` : isUnexplained ? ', and the run failed' : '';
  return { good, sentence: `${ofRun(run)}${ofTests(tests)}${ofShards(run)}${said}` };
}

function ofRun({ status }: Summary['run']): string {
  if (status === 'interrupted') return 'Interrupted: ';
  return status === 'timedout' ? 'Out of time: ' : '';
}

function ofTests({ total, passed, failed, flaky, skipped, didNotRun }: Summary['tests']): string {
  if (total === 0) return 'no test ran';
  if (total === didNotRun) return total === 1 ? 'the test did not run' : `none of ${formatCount(total)} tests ran`;
  const rest = [
    ...(flaky > 0 ? [`${formatCount(flaky)} flaky`] : []),
    ...(skipped > 0 ? [`${formatCount(skipped)} skipped`] : []),
    ...(didNotRun > 0 ? [`${formatCount(didNotRun)} did not run`] : []),
  ];
  const main =
    failed > 0
      ? `${formatCount(failed)} of ${counted(total, 'test')} failed`
      : rest.length === 0
        ? total === 1
          ? 'the test passed'
          : `all ${counted(total, 'test')} passed`
        : `${counted(passed, 'test')} passed`;
  return [main, ...rest].join(', ');
}

function ofShards({ missingShards }: Summary['run']): string {
  return missingShards.length === 0
    ? ''
    : `, ${missingShards.length === 1 ? 'shard' : 'shards'} ${missingShards.join(', ')} missing`;
}

/** The text with a capital first letter. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The comparisons with this verdict. */
export function comparisonsWith(verdict: Comparison['verdict'], { regressions }: Summary): readonly Comparison[] {
  return regressions.comparisons.filter((comparison) => comparison.verdict === verdict);
}

/** The result of a comparison with the history: `+38 % (p = 0.003, 20 against 60 samples)`. */
export function described({ ratio, p, samples, historySamples }: Comparison): string {
  const of = `${formatCount(samples)} against ${counted(historySamples, 'sample')}`;
  return ratio === null || p === null ? of : `${formatChange(ratio)} (${formatP(p)}, ${of})`;
}

/** The main latency of an area: its p95, or with too few samples its median. */
export function mainMeasurement(
  area: Area,
  { measurements }: Summary,
): { readonly name: string; readonly value: string } | undefined {
  if (area.latency === null) return undefined;
  const { name, median, p95 } = area.latency;
  const unit: Unit =
    measurements.find((measurement) => measurement.area === area.name && measurement.name === name)?.unit ?? 'ms';
  return { name, value: p95 === null ? `${formatValue(median, unit)} (median)` : formatValue(p95, unit) };
}

/** The number of an area's leftovers; a dash when it is unknown, or when their owner is unknown. */
export function leftBehind({ name }: Area, { inventory }: Summary): string {
  const isUnknown = inventory.leftBehind?.some(({ area }) => area === undefined) ?? true;
  return isUnknown ? '–' : formatCount(inventory.leftBehind!.filter(({ area }) => area === name).length);
}

/** One of the two kinds of money, which are never added up. */
export interface Money {
  readonly kind: 'spent' | 'notional';
  readonly name: string;
}

/** The kinds of money that a run has. */
export function moneyIn({ spent, notional }: Cost): readonly Money[] {
  return [
    ...(spent.total > 0 ? [{ kind: 'spent', name: 'spent' } as const] : []),
    ...(notional.total > 0 || spent.total === 0 ? [{ kind: 'notional', name: 'would cost' } as const] : []),
  ];
}

/** The cost of a run in one sentence, with spent and notional money apart. */
export function costSentence({ spent, notional, wastedByRetries, estimate, budget }: Cost): string {
  return [
    ...(spent.total > 0 ? [`${formatUsd(spent.total)} spent`] : []),
    ...(notional.total > 0 ? [`would have cost ${formatUsd(notional.total)} (not billed)`] : []),
    ...(spent.total + notional.total === 0 ? ['nothing'] : []),
    ...(wastedByRetries > 0 ? [`${formatUsd(wastedByRetries)} of it wasted by retries`] : []),
    estimate === null ? 'no estimate without a history' : `estimate ${formatUsd(estimate)}`,
    budget === null ? 'no budget' : `budget ${formatUsd(budget)}`,
  ].join(', ');
}

/** The duration of a test with all its attempts, in milliseconds. */
export function durationOf({ attempts }: Test): number {
  return attempts.reduce((sum, { duration }) => sum + duration, 0);
}

/** The error of a test's last attempt that has one. */
export function errorOf({ attempts }: Test): string | undefined {
  return attempts.findLast(({ error }) => error !== undefined)?.error;
}
