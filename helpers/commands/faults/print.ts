import { faults } from '../../faults/index.ts';
import type { Verdict } from './verdict.ts';

/** Prints what became of a fault; `error` is what was wrong outside of any test. Returns whether it was caught. */
export function printVerdict(name: string, verdict: Verdict, error?: string): boolean {
  const [first] = verdict.failures;
  const seconds = (verdict.milliseconds / 1000).toFixed(1);
  console.log(`\n${first === undefined ? 'MISSED' : 'caught'}   ${name} (${seconds} s)`);
  console.log(`         promise  ${faults.get(name)!.promise}`);
  if (first === undefined) {
    console.log(
      `         ${problemOf(name, verdict) ?? error ?? `no test has the title ${faults.get(name)!.caughtBy}`}`,
    );
    return false;
  }
  console.log(`         by       ${first.test}`);
  console.log(`         message  ${first.message.split('\n').join('\n                  ')}`);
  return true;
}

/** Why tests say nothing about a fault; undefined when no test ran. */
function problemOf(name: string, { ran, unavailable, timedOut }: Verdict): string | undefined {
  if (unavailable !== undefined) return unavailable;
  if (timedOut.length > 0) return `no test said what is wrong; out of time: ${timedOut.join(', ')}`;
  if (ran > 0) return `passed with the fault: ${ran} ${ran === 1 ? 'test' : 'tests'} of ${faults.get(name)!.caughtBy}`;
  return undefined;
}
