import type { Results } from '../contract.ts';
import { finalStates, type State } from '../states.ts';
import type { Queryable } from './database.ts';
import type { EventLog, NewEvent } from './events.ts';
import type { StoredExperiment } from './experiments.ts';

export interface Transition {
  readonly to: State;
  readonly at: Date;
  readonly reason: string;
  readonly results?: Results;
}

/**
 * Moves an experiment on, if it still is in the state it was read in; tells so in the tenant's log; frees its nodes
 * when it is over. In the caller's transaction. Returns false where somebody else was faster.
 */
export async function transit(client: Queryable, log: EventLog, experiment: Pick<StoredExperiment, 'id' | 'tenant' | 'state'>, { to, at, reason, results }: Transition): Promise<boolean> {
  const isOver = finalStates.includes(to);
  const { rowCount } = await client.query(`
    UPDATE experiments SET state = $3, updated_at = $4, results = coalesce($5, results),
      initialized_at = CASE WHEN $3 = 'initializing' THEN $4 ELSE initialized_at END,
      started_at = CASE WHEN $3 = 'running' THEN $4 ELSE started_at END,
      completed_at = CASE WHEN $6 THEN $4 ELSE completed_at END,
      paused_at = CASE WHEN $6 THEN NULL ELSE paused_at END
    WHERE id = $1 AND state = $2`, [experiment.id, experiment.state, to, at, results === undefined ? null : JSON.stringify(results), isOver]);
  if (rowCount === 0) return false;
  if (isOver) {
    await client.query('DELETE FROM node_claims WHERE experiment_id = $1', [experiment.id]);
  }
  await client.query(`SELECT pg_notify('deployments', '')`); // those who run its pipelines want to know
  const changed: NewEvent = { experimentId: experiment.id, type: 'experiment.state_changed', data: { previous_state: experiment.state, current_state: to, reason } };
  const alert: NewEvent = { experimentId: experiment.id, type: 'alert.triggered', data: { severity: 'warning', title: 'Experiment failed', description: reason, actions: [] } };
  await log.append(client, experiment.tenant, to === 'failed' ? [changed, alert] : [changed]);
  return true;
}
