import { sum } from 'd3-array';
import type { Outcome, TestRecord, TimeSplit } from '../record.ts';
import type { Summary } from './summary-schema.ts';

/** The numbers of tests by outcome. */
export function countTests(tests: readonly TestRecord[]): Summary['tests'] {
  const number = (outcome: Outcome): number => tests.filter((test) => test.outcome === outcome).length;
  const [passed, failed, flaky] = [number('passed'), number('failed'), number('flaky')];
  const didNotRun = number('did not run');
  const wanted = passed + failed + flaky + didNotRun;
  return {
    total: tests.length,
    passed,
    failed,
    flaky,
    skipped: number('skipped'),
    didNotRun,
    unavailable: tests.filter(({ outcome, attempts }) => outcome === 'failed' && attempts.at(-1)?.unavailable === true)
      .length,
    successRate: wanted === 0 ? null : (passed + flaky) / wanted,
  };
}

/** The sum of the times of all attempts. */
export function sumTime(tests: readonly TestRecord[]): TimeSplit {
  const times = tests.flatMap(({ attempts }) => attempts.map(({ time }) => time));
  const of = (part: keyof TimeSplit): number => sum(times, (time) => time[part]);
  return { setUp: of('setUp'), test: of('test'), waiting: of('waiting'), teardown: of('teardown') };
}

export function durationOf({ attempts }: TestRecord): number {
  return sum(attempts, ({ durationMs }) => durationMs);
}
