import type pg from 'pg';
import { runChecks, type ValidationReport } from '../../validation/index.ts';
import type { Checks, Subject } from './check.ts';
import { connectionChecks } from './connection.ts';
import { dataChecks } from './data.ts';
import { isolationChecks } from './isolation.ts';
import { performanceChecks } from './performance.ts';
import { schemaChecks } from './schema.ts';

export type { Checks } from './check.ts';

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
 * Runs every check, on a connection of its own. Waits for no lock for ever.
 */
export async function validate(pool: pg.Pool, about: Omit<Subject, 'client' | 'clientsAwaited'>, all: Checks): Promise<ValidationReport> {
  const clientsAwaited = pool.waitingCount;
  const client = await pool.connect();
  try {
    await client.query(`SET lock_timeout = '${patience}'`);
    const report = await runChecks(about.name, { ...about, client, clientsAwaited }, all);
    await client.query('RESET lock_timeout');
    return report;
  } finally {
    client.release();
  }
}
