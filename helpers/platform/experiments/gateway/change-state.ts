import type { ChangeState, StateChange } from '../contract.ts';
import { transaction } from '../../kernel/store/database.ts';
import { hasRoom } from '../store/queue.ts';
import { endOfPause, transit } from '../store/transitions.ts';
import type { GatewayContext } from './context.ts';
import { ApiError } from '../../kernel/http/errors.ts';

/**
 * Performs a user's action on an experiment.
 * @throws ApiError when its state does not allow the action, or it stays locked for too long.
 */
export function changeState(
  { impatient, parts, configuration }: GatewayContext,
  id: string,
  { action, reason }: ChangeState,
): Promise<StateChange> {
  return transaction(impatient, async (client) => {
    const experiment = await parts.experimentReader.find(client, id, { lock: true });
    if (experiment === undefined) throw new ApiError('NOT_FOUND', `There is no experiment ${id}`);
    const { state } = experiment;
    const after = parts.stateMachine.after(action, { state, paused: experiment.paused_at !== null });
    if (after === undefined)
      throw new ApiError(
        'INVALID_TRANSITION',
        `Cannot ${action} an experiment that is ${experiment.paused_at === null ? state : 'paused'}`,
      );
    const { experimentsAtWork: most } = configuration.limits;
    if (after.state === 'initializing' && !(await hasRoom(client, experiment.tenant, most)))
      throw new ApiError(
        'CONFLICT',
        `As many experiments are at work as may be, which is ${most}; it starts when its turn has come`,
      );
    const at = parts.clock.now();
    if (after.state !== state)
      await transit(client, experiment, { to: after.state, at, reason: reason ?? `${action} by a user` });
    else {
      await client.query(
        `UPDATE experiments SET updated_at = $2::timestamptz, ${after.paused ? 'paused_at = $2' : endOfPause('$2')} WHERE id = $1`,
        [id, at],
      );
      await client.query(`SELECT pg_notify('deployments', ''), pg_notify('applied', '')`);
    }
    return { id, previous_state: state, current_state: after.state, transition_time: at.toISOString() };
  });
}
