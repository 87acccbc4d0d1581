import { faults } from '../../faults/index.ts';
import type { Verdict } from './verdict.ts';

/** What became of a fault, in some lines; `error` is what was wrong outside of any test. */
export function describeVerdict(name: string, verdict: Verdict, error?: string): string {
  const { promise, caughtBy } = faults.get(name)!;
  const [first] = verdict.failures;
  const lines =
    first === undefined
      ? [problemOf(caughtBy, verdict) ?? error ?? `no test has the title ${caughtBy}`]
      : [`by       ${first.test}`, ...insteadOf(caughtBy, first.test), `message  ${first.message}`];
  const seconds = (verdict.milliseconds / 1000).toFixed(1);
  return [
    `\n${first === undefined ? 'MISSED' : 'caught'}   ${name} (${seconds} s)`,
    ...[`promise  ${promise}`, ...lines].map((line) => `         ${line.split('\n').join('\n                  ')}`),
  ].join('\n');
}

/** The test that was to catch it, where another one of its file did. */
function insteadOf(caughtBy: string, test: string): string[] {
  const title = caughtBy.split(' › ').slice(1).join(' › ');
  return test.includes(title) ? [] : [`not by   ${title}, the test that it names`];
}

/** Why tests say nothing about a fault; undefined when no test ran. */
function problemOf(caughtBy: string, { ran, unavailable, timedOut }: Verdict): string | undefined {
  if (unavailable !== undefined) return unavailable;
  if (timedOut.length > 0) return `no test said what is wrong; out of time: ${timedOut.join(', ')}`;
  if (ran === 0) return undefined;
  return `passed with the fault: ${ran} ${ran === 1 ? 'test' : 'tests'}, among which should be ${caughtBy}`;
}
