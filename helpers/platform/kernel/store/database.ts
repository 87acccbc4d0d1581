import pg from 'pg';
import { hasSqlState, inTransaction } from '../../../lib/pg.ts';

export type Queryable = Pick<pg.Pool, 'query'>;

/** Milliseconds to wait for an answer and for a lock; without a value there is no limit. */
export interface Timeouts {
  /** For a free connection, default 5 seconds. */
  readonly connection?: number;
  readonly answer?: number;
  readonly lock?: number;
}

export function openPool(url: string, max: number, { connection = 5_000, answer, lock }: Timeouts = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'platform',
    connectionTimeoutMillis: connection,
    ...(answer === undefined ? {} : { query_timeout: answer }),
    ...(lock === undefined ? {} : { lock_timeout: lock }),
  });
  pool.on('error', () => undefined); // an idle connection broke; the next query opens another
  return pool;
}

/** Attempts at a transaction before its deadlock is reported. */
const mostAttempts = 5;

/** Runs `work` in one transaction. After a deadlock PostgreSQL has rolled it back, and it is run again. */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(pool, work);
    } catch (error) {
      if (attempt === mostAttempts || !hasSqlState(error, sqlState.deadlockDetected)) throw error;
    }
  }
}

/** The SQLSTATEs that the platform distinguishes; see PostgreSQL's appendix A. */
export const sqlState = { deadlockDetected: '40P01', lockNotAvailable: '55P03', uniqueViolation: '23505' } as const;

/** Whether the database has rejected a statement for its content, so that other statements may well succeed. */
export function isRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !isAway(error) && !hasSqlState(error, sqlState.lockNotAvailable);
}

/** Whether the database is unavailable, rather than a statement being wrong. */
export function isAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|53|57P)/.test(error.code ?? '');
  return (
    error instanceof Error &&
    /ECONN|EPIPE|ETIMEDOUT|terminated|timeout|closed/i.test(
      `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`,
    )
  );
}
