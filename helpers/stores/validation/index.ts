/** The categories of checks. */
export const categories = ['connection', 'schema', 'data', 'performance', 'isolation'] as const;
export type Category = (typeof categories)[number];

/** What was checked, what was expected, and what was found. */
export interface CheckResult {
  readonly category: Category;
  readonly check: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
  /** It passed, but what was found is likely to surprise. */
  readonly warning?: true;
}

export interface ValidationReport {
  readonly database: string;
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
}

export type Result = Omit<CheckResult, 'category'>;
/** Checks a subject in one respect. */
export type Check<Subject> = (subject: Subject) => Promise<Result | Result[]>;
export type Checks<Subject> = Readonly<Record<Category, readonly Check<Subject>[]>>;

/** Runs every check. A check that throws has failed, with the error as what it found. */
export async function runChecks<Subject>(
  database: string,
  subject: Subject,
  all: Checks<Subject>,
  order: 'one by one' | 'connection first, then at once' = 'one by one',
): Promise<ValidationReport> {
  const pending: Promise<CheckResult[]>[] = [];
  for (const category of categories) {
    for (const check of all[category]) {
      const result = runCheck(category, check, subject);
      if (order === 'one by one' || category === 'connection') await result;
      pending.push(result);
    }
  }
  const checks = (await Promise.all(pending)).flat();
  return { database, passed: checks.every(({ passed }) => passed), checks };
}

async function runCheck<Subject>(category: Category, check: Check<Subject>, subject: Subject): Promise<CheckResult[]> {
  const outcome = await check(subject).catch((error: unknown): Result => ({
    check: check.name,
    expected: 'an answer',
    found: String(error),
    passed: false,
  }));
  return [outcome].flat().map((result) => ({ category, ...result }));
}

/** Passes when what was found is what was expected. */
export function same(check: string, expected: string, found: string): Result {
  return { check, expected, found, passed: found === expected };
}

/** Passes when nothing was found, which reads `none`. */
export function nothing(check: string, found: string, none = 'none'): Result {
  return same(check, none, found || none);
}

/** Warns of what was found, and passes. */
export function warning(check: string, found: string): Result {
  return { ...nothing(check, found), passed: true, ...(found === '' ? {} : { warning: true }) };
}

/** The first few names. */
export function listed(items: readonly string[]): string {
  return items.length > 5 ? `${items.slice(0, 5).join(', ')} and ${items.length - 5} more` : items.join(', ');
}

/** Several attempts, because a busy machine may delay a single answer. */
const attempts = 5;

/**
 * Whether a server answers a trivial question soon; one quick answer of several is enough.
 * @param longest milliseconds; generous, because it only has to tell a hanging server from a working one on any
 * machine.
 */
export async function answersSoon(ask: () => Promise<unknown>, longest = 1_000): Promise<Result> {
  let fastest = Infinity;
  for (let attempt = 0; attempt < attempts && fastest > longest; attempt++) {
    const start = performance.now();
    await ask();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return {
    check: 'a trivial query is answered soon',
    expected: `within ${longest} ms`,
    found: `${fastest.toFixed(1)} ms`,
    passed: fastest <= longest,
  };
}
