import type { Results } from '../contract.ts';
import { finalStates, type State } from '../states.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import type { NewEvent } from './events.ts';
import type { StoredExperiment } from './experiment-reader.ts';

export interface Transition {
  readonly to: State;
  readonly at: Date;
  readonly reason: string;
  readonly results?: Results;
}

type StateChange = Pick<StoredExperiment, 'id' | 'state'>;
type LoggedEvent = Omit<NewEvent, 'experimentId'>;

/**
 * Changes an experiment's state if it has not changed since it was read, adds the events to the tenant's log, and frees
 * its nodes at its end. Returns false when another change came first.
 */
export function transit(
  db: Queryable,
  { id, state }: StateChange,
  { to, at, reason, results }: Transition,
): Promise<boolean> {
  const changed: LoggedEvent = {
    type: 'experiment.state_changed',
    data: { previous_state: state, current_state: to, reason },
  };
  const alert: LoggedEvent = {
    type: 'alert.triggered',
    data: { severity: 'warning', title: 'Experiment failed', description: reason, actions: [] },
  };
  const isOver = finalStates.includes(to);
  return change(
    db,
    id,
    to === 'failed' ? [changed, alert] : [changed],
    `
    UPDATE experiments SET state = $4, updated_at = $5, state_since = $5, results = coalesce($6, results),
      started_at = CASE WHEN $4 = 'running' THEN $5 ELSE started_at END,
      completed_at = CASE WHEN $7 THEN $5 ELSE completed_at END,
      ${endOfPause('$5')}
    WHERE id = $1 AND state = $3`,
    [state, to, at, results === undefined ? null : JSON.stringify(results), isOver],
  );
}

/** SQL that ends a pause at a time, if there is one. */
export function endOfPause(at: string): string {
  return `paused_at = NULL, pauses = CASE WHEN paused_at IS NULL THEN pauses ELSE pauses || ARRAY[paused_at, ${at}] END`;
}

/** Records the progress of a running experiment, once for each step. */
export function advance(db: Queryable, id: string, progress: number, events: readonly LoggedEvent[]): Promise<boolean> {
  return change(
    db,
    id,
    events,
    `UPDATE experiments SET progress = $3 WHERE id = $1 AND state = 'running' AND progress < $3`,
    [progress],
  );
}

/**
 * One statement, and so one transaction, which locks the tenant's log only briefly: changes one experiment, and if it
 * has, appends the events, frees the nodes of an ended one and notifies listeners.
 */
async function change(
  db: Queryable,
  id: string,
  events: readonly LoggedEvent[],
  update: string,
  values: readonly unknown[],
): Promise<boolean> {
  const { rowCount } = await db.query(
    `
    WITH changed AS (
      ${update} RETURNING id, tenant_id, state
    ), freed AS (
      DELETE FROM node_claims WHERE experiment_id IN (SELECT id FROM changed WHERE state IN ('completed', 'failed', 'cancelled'))
    ), counted AS (
      INSERT INTO tenants AS t (id, last_event) SELECT tenant_id, jsonb_array_length($2::jsonb) FROM changed
      ON CONFLICT (id) DO UPDATE SET last_event = t.last_event + excluded.last_event
      RETURNING id, last_event
    ), logged AS (
      INSERT INTO events (tenant_id, number, experiment_id, type, occurred_at, data)
      SELECT id, last_event - jsonb_array_length($2::jsonb) + place, $1, event->>'type', clock_timestamp(), event->'data'
      FROM counted, jsonb_array_elements($2::jsonb) WITH ORDINALITY AS new (event, place)
    )
    SELECT pg_notify('events', id), pg_notify('deployments', '') FROM counted`,
    [id, JSON.stringify(events), ...values],
  );
  return rowCount === 1;
}
