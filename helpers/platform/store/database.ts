import pg from 'pg';

export type Queryable = Pick<pg.Pool, 'query'>;

/** @param patience milliseconds to wait for an answer; default: as long as it takes. */
export function openPool(url: string, max: number, patience?: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max, application_name: 'platform', connectionTimeoutMillis: 5_000, ...(patience === undefined ? {} : { query_timeout: patience }) });
  pool.on('error', () => undefined); // an idle connection broke; the next query opens another one
  return pool;
}

/** Runs `work` in one transaction. */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((second: Error) => { broken = second; });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** SQLSTATEs that the platform decides by; see PostgreSQL's appendix A. */
export const sqlState = { lockNotAvailable: '55P03', uniqueViolation: '23505' } as const;

export function hasSqlState(error: unknown, code: string): boolean {
  return error instanceof pg.DatabaseError && error.code === code;
}

/** Whether the database is away, rather than a statement wrong. */
export function isAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|53|57P)/.test(error.code ?? '');
  return error instanceof Error && /ECONN|EPIPE|ETIMEDOUT|terminated|timeout|closed/i.test(`${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`);
}
