import type { Queryable } from '../../kernel/store/database.ts';
import { findUnfinished, type StoredExperiment } from './experiment-reader.ts';

/** Which experiments the controller has to do something about. */
export interface Queue {
  /** Those whose turn it is: the oldest that wait, as many as each tenant may have at work. */
  next(db: Queryable, atWork: number): Promise<Pick<StoredExperiment, 'id' | 'tenant' | 'state'>[]>;
  /** Whether a tenant may have one more at work. Until the end of the transaction nobody else begins one of its. */
  hasRoom(client: Queryable, tenant: string, atWork: number): Promise<boolean>;
  /** Those that have begun and are not over, whoever began them. */
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

/** By a lock of its own: the tenant's row is what every creation writes, and none of them has to wait for a count. */
export async function hasRoom(client: Queryable, tenant: string, atWork: number): Promise<boolean> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`room of ${tenant}`]);
  const {
    rows: [found],
  } = await client.query<{ count: number }>(
    `SELECT count(*)::integer FROM experiments WHERE tenant_id = $1 AND state IN ('initializing', 'running', 'analyzing')`,
    [tenant],
  );
  return found!.count < atWork;
}
