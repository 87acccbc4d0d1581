import { stripVTControlCharacters } from 'node:util';
import { EnvironmentUnavailable } from '../../lib/environment.ts';

// The part of Playwright's JSON report that is read here (`playwright/types/testReporter`, JSONReport).
export interface JsonReport {
  readonly errors: readonly { readonly message?: string }[];
  readonly suites: readonly JsonSuite[];
}

interface JsonSuite {
  readonly title: string;
  readonly suites?: readonly JsonSuite[];
  readonly specs: readonly {
    readonly title: string;
    readonly file: string;
    readonly line: number;
    readonly tests: readonly {
      readonly results: readonly {
        readonly status: string;
        readonly errors: readonly { readonly message?: string }[];
      }[];
    }[];
  }[];
}

export interface Failure {
  readonly test: string;
  readonly message: string;
}

/**
 * The outcome of a run: how many tests ran, which failed by an assertion, and whether the environment was available.
 */
export interface Verdict {
  readonly ran: number;
  readonly failures: readonly Failure[];
  readonly unavailable: string | undefined;
  /** Tests that timed out, which proves nothing. */
  readonly timedOut: readonly string[];
}

export function readVerdict(report: JsonReport): Verdict {
  const failures: Failure[] = [];
  const timedOut: string[] = [];
  let ran = 0;
  let unavailable = report.errors.map(({ message }) => message ?? '').find((message) => message !== '');
  for (const { title, file, line, tests } of specsOf(report.suites)) {
    for (const { status, errors } of tests.flatMap(({ results }) => results)) {
      if (status !== 'skipped') ran++;
      if (status === 'passed' || status === 'skipped') continue;
      const message = plain(errors[0]?.message ?? `the test ${status}`);
      if (EnvironmentUnavailable.isNamedIn(message)) unavailable ??= message;
      else if (status === 'failed') failures.push({ test: `${file}:${line} › ${title}`, message });
      else timedOut.push(`${file}:${line} › ${title}`);
    }
  }
  return { ran, failures, unavailable, timedOut };
}

function specsOf(suites: readonly JsonSuite[]): JsonSuite['specs'] {
  return suites.flatMap((suite) => [...suite.specs, ...specsOf(suite.suites ?? [])]);
}

/** The first lines of a message, without colours, source code and stack. */
function plain(message: string): string {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const end = lines.findIndex((line) => /^\s*at |^\s*>?\s*\d+ \|/.test(line));
  return lines
    .slice(0, end === -1 ? undefined : end)
    .slice(0, 6)
    .join('\n');
}
