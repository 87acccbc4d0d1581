/** What `validate()` looks at, by the seed document's categories. */
export const categories = ['connection', 'schema', 'data', 'performance', 'isolation'] as const;
export type Category = (typeof categories)[number];

/** What was looked at, what it should have been, and what it was. */
export interface CheckResult {
  readonly category: Category;
  readonly check: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
}

export interface ValidationReport {
  readonly database: string;
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
}

export type Result = Omit<CheckResult, 'category'>;
/** Looks at a subject in one respect. */
export type Check<Subject> = (subject: Subject) => Promise<Result | Result[]>;
export type Checks<Subject> = Readonly<Record<Category, readonly Check<Subject>[]>>;

/** Runs every check; one that cannot run has failed, with the error as what it found. */
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

/** Names of what is wrong, the first few of them; `none` where nothing is. */
export function listed(items: readonly string[], none: string): string {
  if (items.length === 0) return none;
  return items.length > 5 ? `${items.slice(0, 5).join(', ')} and ${items.length - 5} more` : items.join(', ');
}

/** A single answer is late, too, where the machine has much else to do. */
const attempts = 5;

/**
 * Whether a server answers a trivial question soon; one answer of a few is enough.
 * @param longest milliseconds. Generous: it tells a server that hangs from one that works, on any machine, and no more.
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
