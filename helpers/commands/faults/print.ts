import { faults } from '../../faults/index.ts';
import type { Verdict } from './verdict.ts';

/** Prints what became of a fault; `error` is what was wrong outside of any test. */
export function printVerdict(name: string, verdict: Verdict, error?: string): void {
  const { promise, caughtBy } = faults.get(name)!;
  const [, ...titles] = caughtBy.split(' › ');
  const [first] = verdict.failures;
  const seconds = (verdict.milliseconds / 1000).toFixed(1);
  console.log(`\n${first === undefined ? 'MISSED' : 'caught'}   ${name} (${seconds} s)`);
  console.log(`         promise  ${promise}`);
  if (first === undefined) {
    console.log(`         ${problemOf(caughtBy, verdict) ?? error ?? `no test has the title ${caughtBy}`}`);
    return;
  }
  const isNamed = first.test.includes(titles.join(' › '));
  console.log(
    `         by       ${first.test}${isNamed ? '' : `, another test of the file than ${titles.join(' › ')}`}`,
  );
  console.log(`         message  ${first.message.split('\n').join('\n                  ')}`);
}

/** Why tests say nothing about a fault; undefined when no test ran. */
function problemOf(caughtBy: string, { ran, unavailable, timedOut }: Verdict): string | undefined {
  if (unavailable !== undefined) return unavailable;
  if (timedOut.length > 0) return `no test said what is wrong; out of time: ${timedOut.join(', ')}`;
  if (ran > 0)
    return `passed with the fault: ${ran} ${ran === 1 ? 'test' : 'tests'}, among which should be ${caughtBy}`;
  return undefined;
}
