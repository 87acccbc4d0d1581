import type { Queryable } from '../../kernel/store/database.ts';
import { findUnfinished, type StoredExperiment } from './experiment-reader.ts';

/** Decides which experiments the controller has to handle. */
export interface Queue {
  /** The oldest waiting experiments, as far as each tenant's limit allows. */
  next(db: Queryable, atWork: number): Promise<Pick<StoredExperiment, 'id' | 'tenant' | 'state'>[]>;
  /** Whether a tenant may run another experiment; locks the tenant until the end of the transaction. */
  hasRoom(client: Queryable, tenant: string, atWork: number): Promise<boolean>;
  /** Experiments that have begun and not ended. */
  unfinished(db: Queryable): Promise<StoredExperiment[]>;
}

export const queue: Queue = {
  async next(db, atWork) {
    const { rows } = await db.query<Pick<StoredExperiment, 'id' | 'tenant' | 'state'>>(
      `
      SELECT w.id, t.id AS tenant, 'pending' AS state FROM tenants t CROSS JOIN LATERAL (
        SELECT id FROM experiments WHERE tenant_id = t.id AND state = 'pending' ORDER BY created_at, id
        LIMIT greatest(0, $1 - (SELECT count(*) FROM experiments WHERE tenant_id = t.id AND state IN ('initializing', 'running', 'analyzing')))
      ) w`,
      [atWork],
    );
    return rows;
  },
  hasRoom,
  unfinished: findUnfinished,
};

/** Uses a separate lock, because every creation writes the tenant's row and must not wait for this count. */
export async function hasRoom(client: Queryable, tenant: string, atWork: number): Promise<boolean> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`room of ${tenant}`]);
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::integer FROM experiments WHERE tenant_id = $1 AND state IN ('initializing', 'running', 'analyzing')`,
    [tenant],
  );
  return rows[0]!.count < atWork;
}
