import pg from 'pg';

/** Whether PostgreSQL has answered with this SQLSTATE; see its appendix A. */
export function hasSqlState(error: unknown, code: string): boolean {
  return error instanceof pg.DatabaseError && error.code === code;
}

/** Runs `work` on a client of a pool in one transaction: committed, or undone when it fails. Returns its result. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((second: Error) => (broken = second)); // which the pool then closes
    throw error;
  } finally {
    client.release(broken);
  }
}
