import { shortened } from '../../lib/text.ts';
import { type CheckResult, listed, type ValidationReport } from './index.ts';

/**
 * Your own checks of a store, by what holds:
 * `{ 'every task has an owner': 'SELECT id FROM tasks WHERE owner IS NULL' }`.
 * A query, or a function, finds what is wrong: the check passes when that is nothing.
 */
export type OwnChecks<Store> = Readonly<Record<string, OwnCheck<Store>>>;

/** Returns what is wrong, one item each. */
export type OwnCheckFunction<Store> = (store: Store) => Promise<readonly unknown[]> | readonly unknown[];

export type OwnCheck<Store> = string | OwnCheckFunction<Store>;

/** Characters of what is wrong that a report shows. */
const mostShown = 80;

/** Runs own checks. A check that throws has failed, with the error as what it found. */
export async function runOwnChecks<Store>(
  store: Store,
  checks: OwnChecks<Store>,
  query: (sql: string) => Promise<readonly unknown[]>,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [check, find] of Object.entries(checks)) {
    const found = await ask(() => (typeof find === 'string' ? query(find) : find(store)));
    results.push({ category: 'data', check, expected: 'nothing', found, passed: found === 'nothing' });
  }
  return results;
}

/** A report with the results of own checks. */
export function withOwn(report: ValidationReport, own: readonly CheckResult[]): ValidationReport {
  const passed = report.passed && own.every((result) => result.passed);
  return { ...report, passed, checks: [...report.checks, ...own] };
}

async function ask(find: () => Promise<readonly unknown[]> | readonly unknown[]): Promise<string> {
  try {
    const wrong = await find();
    return listed(wrong.map((one) => shortened(JSON.stringify(one) ?? String(one), mostShown))) || 'nothing';
  } catch (error) {
    return String(error);
  }
}
