import type { RunRecord } from './record.ts';

/** Whether all tests that were to run did. What is missing in a run would be missing in its duration and cost, too. */
export function isComplete({ status, tests, missingShards }: RunRecord): boolean {
  const wasCutOff = status === 'timedout' || status === 'interrupted';
  return !wasCutOff && missingShards.length === 0 && tests.every(({ outcome }) => outcome !== 'did not run');
}
