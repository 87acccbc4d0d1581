import type { Load } from '../contract.ts';
import { finalStates } from '../states.ts';
import type { Queryable } from '../../kernel/store/database.ts';

/** Changes an experiment's load. Returns false when it has ended or does not exist. */
export async function changeLoad(db: Queryable, experiment: string, load: Load, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    `
    WITH changed AS (
      UPDATE experiments SET load = $2, updated_at = $3 WHERE id = $1 AND state <> ALL ($4) RETURNING id
    ) SELECT pg_notify('deployments', '') FROM changed`,
    [experiment, JSON.stringify(load), at, finalStates],
  );
  return rowCount === 1;
}
