import type pg from 'pg';
import { categories, type CheckResult, type Checks, type Result, type Subject } from './check.ts';
import { connectionChecks } from './connection.ts';
import { dataChecks } from './data.ts';
import { isolationChecks } from './isolation.ts';
import { performanceChecks } from './performance.ts';
import { schemaChecks } from './schema.ts';

export type { Category, Check, CheckResult, Checks } from './check.ts';

export interface ValidationReport {
  readonly database: string;
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
}

export const checks: Checks = {
  connection: connectionChecks,
  schema: schemaChecks,
  data: dataChecks,
  performance: performanceChecks,
  isolation: isolationChecks,
};

/** How long a check waits for a lock that somebody holds. */
const patience = '100ms';

/**
 * Runs every check, on a connection of its own; one that cannot run has failed, with the error as what it found.
 * Waits for no lock for ever.
 */
export async function validate(pool: pg.Pool, about: Omit<Subject, 'client' | 'clientsAwaited'>, all: Checks): Promise<ValidationReport> {
  const clientsAwaited = pool.waitingCount;
  const client = await pool.connect();
  try {
    await client.query(`SET lock_timeout = '${patience}'`);
    const results = await runChecks({ ...about, client, clientsAwaited }, all);
    await client.query('RESET lock_timeout');
    return { database: about.name, passed: results.every(({ passed }) => passed), checks: results };
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
