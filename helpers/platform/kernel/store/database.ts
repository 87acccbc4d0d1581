import pg from 'pg';

export type Queryable = Pick<pg.Pool, 'query'>;

/**
 * Milliseconds to wait: for an answer, and for a lock that somebody else has. Where nothing is said, as long as it
 * takes.
 */
export interface Timeouts {
  readonly answer?: number;
  readonly lock?: number;
}

export function openPool(url: string, max: number, { answer, lock }: Timeouts = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'platform',
    connectionTimeoutMillis: 5_000,
    ...(answer === undefined ? {} : { query_timeout: answer }),
    ...(lock === undefined ? {} : { lock_timeout: lock }),
  });
  pool.on('error', () => undefined); // an idle connection broke; the next query opens another one
  return pool;
}

/** Times that a transaction is begun before its deadlocks are somebody's to hear of. */
const mostAttempts = 5;

/**
 * Runs `work` in one transaction. One that PostgreSQL has ended to resolve a deadlock has done nothing, and is begun
 * anew.
 */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTransaction(pool, work);
    } catch (error) {
      if (attempt === mostAttempts || !hasSqlState(error, sqlState.deadlockDetected)) throw error;
    }
  }
}

async function attemptTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((second: Error) => {
      broken = second;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** SQLSTATEs that the platform decides by; see PostgreSQL's appendix A. */
export const sqlState = { deadlockDetected: '40P01', lockNotAvailable: '55P03', uniqueViolation: '23505' } as const;

export function hasSqlState(error: unknown, code: string): boolean {
  return error instanceof pg.DatabaseError && error.code === code;
}

/**
 * Whether the database has refused a statement for what it says, and done nothing of it; another one may well be taken.
 */
export function isRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !isAway(error) && !hasSqlState(error, sqlState.lockNotAvailable);
}

/** Whether the database is away, rather than a statement wrong. */
export function isAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|53|57P)/.test(error.code ?? '');
  return (
    error instanceof Error &&
    /ECONN|EPIPE|ETIMEDOUT|terminated|timeout|closed/i.test(
      `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`,
    )
  );
}
