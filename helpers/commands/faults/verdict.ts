import { stripVTControlCharacters } from 'node:util';
import type { TestResult } from '@playwright/test/reporter';
import { EnvironmentUnavailable } from '../../lib/environment.ts';

export interface Failure {
  readonly test: string;
  readonly message: string;
}

/** What the tests of one project say: how many ran, which failed by an assertion, whether the environment was there. */
export interface Verdict {
  readonly ran: number;
  readonly milliseconds: number;
  readonly failures: readonly Failure[];
  readonly unavailable?: string;
  /** Tests that ran out of time, and so have not said what is wrong. */
  readonly timedOut: readonly string[];
}

export const verdictWithoutTests: Verdict = { ran: 0, milliseconds: 0, failures: [], timedOut: [] };

/** The verdict with one test more. */
export function judge(
  verdict: Verdict,
  test: string,
  { status, duration }: Pick<TestResult, 'status' | 'duration'>,
  message: string,
): Verdict {
  if (status === 'skipped') return verdict;
  const ran = { ...verdict, ran: verdict.ran + 1, milliseconds: verdict.milliseconds + duration };
  if (status === 'passed' || status === 'interrupted') return ran;
  if (EnvironmentUnavailable.isNamedIn(message)) return { ...ran, unavailable: message };
  if (status === 'timedOut') return { ...ran, timedOut: [...ran.timedOut, test] };
  return { ...ran, failures: [...ran.failures, { test, message }] };
}

/** The first lines of a message, without colours, source code and stack. */
export function plain(message: string): string {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const end = lines.findIndex((line) => /^\s*at |^\s*>?\s*\d+ \|/.test(line));
  return lines
    .slice(0, end === -1 ? undefined : end)
    .slice(0, 6)
    .join('\n');
}
