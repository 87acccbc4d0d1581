import type { PostgresDatabase } from '../stores/postgres/index.ts';
import type { SessionUser } from './session.ts';

/** The store of a session platform, from inside. */
export class SessionStore {
  readonly postgres: PostgresDatabase;

  constructor(postgres: PostgresDatabase) {
    this.postgres = postgres;
  }

  /** Locks a table, so that every other access to it waits until the lock is disposed of. */
  async hold(table: 'sessions' | 'messages'): Promise<AsyncDisposable> {
    const client = await this.postgres.pool.connect();
    const release = async (): Promise<void> => {
      await client.query('ROLLBACK').finally(() => client.release());
    };
    try {
      await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    } catch (error) {
      await release();
      throw error;
    }
    return { [Symbol.asyncDispose]: release };
  }

  /** How often each of a user's waiting instructions was received, oldest first. */
  async receives({ clientId }: Pick<SessionUser, 'clientId'>): Promise<number[]> {
    const rows = await this.postgres.query<{ receives: number }>(
      `SELECT receives FROM messages WHERE body->>'clientId' = $1 ORDER BY place`,
      [clientId],
    );
    return rows.map(({ receives }) => receives);
  }
}
