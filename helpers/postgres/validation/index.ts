import type pg from 'pg';
import type { Definition } from '../catalogue.ts';
import { connectionChecks } from './connection.ts';
import { dataChecks } from './data.ts';
import { isolationChecks } from './isolation.ts';
import { performanceChecks } from './performance.ts';
import { schemaChecks } from './schema.ts';

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

/** What the checks look at. */
export interface Subject {
  readonly name: string;
  /** Gives up on a lock after {@link patience}. */
  readonly client: pg.ClientBase;
  /** Clients that were taken from the pool and not given back. */
  readonly clientsInUse: number;
  /** Requests for a client that the pool could not yet answer. */
  readonly clientsAwaited: number;
  /** The definitions that the database was created with. */
  readonly original: readonly Definition[];
  /** The worker whose database this should be. */
  readonly owner: string;
  /** What the database was cloned from. */
  readonly template: string;
}

export type Result = Omit<CheckResult, 'category'>;
export type Check = (subject: Subject) => Promise<Result | Result[]>;
export type Checks = Readonly<Record<Category, readonly Check[]>>;

export const checks: Checks = {
  connection: connectionChecks,
  schema: schemaChecks,
  data: dataChecks,
  performance: performanceChecks,
  isolation: isolationChecks,
};

/** How long a check waits for a lock that somebody holds. */
const patience = '200ms';

/**
 * Runs every check, on a connection of its own; one that cannot run has failed, with the error as what it found.
 * Waits for no lock for ever.
 */
export async function validate(pool: pg.Pool, about: Omit<Subject, 'client' | 'clientsAwaited'>, all: Checks): Promise<ValidationReport> {
  const clientsAwaited = pool.waitingCount;
  const client = await pool.connect();
  try {
    await client.query(`SET lock_timeout = '${patience}'`);
    const checks = await runChecks({ ...about, client, clientsAwaited }, all);
    await client.query('RESET lock_timeout');
    return { database: about.name, passed: checks.every(({ passed }) => passed), checks };
  } finally {
    client.release();
  }
}

async function runChecks(subject: Subject, all: Checks): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const category of categories) {
    for (const check of all[category]) {
      const outcome = await check(subject).catch((error: unknown): Result => ({ check: check.name, expected: 'an answer', found: String(error), passed: false }));
      results.push(...[outcome].flat().map((result) => ({ category, ...result })));
    }
  }
  return results;
}
