import type { Provider, ProviderSchema, State } from '../../../../terraform/index.ts';
import type { Fence } from '../../store/operation-queue.ts';
import type { Shown, StoredResource } from '../../store/resource-store.ts';
import type { StoredDeployment } from '../../store/deployment-store.ts';
import type { ManagerContext } from '../manager-context.ts';
import { Failure } from '../failure.ts';

/** An operation under way: on which deployment, with which provider. */
export interface Task {
  readonly context: ManagerContext;
  /** As it was when the operation began. */
  readonly deployment: StoredDeployment;
  readonly fence: Fence;
  readonly provider: Provider;
  readonly schema: ProviderSchema;
  /** Aborted when a user cancels the operation. */
  readonly cancelled: AbortSignal;
}

/** What is known of the deployment's resources, in the order of their addresses. */
export function resourcesOf({ context: { parts, pool }, deployment }: Task): Promise<StoredResource[]> {
  return parts.resources.of(pool, [deployment.id]);
}

/** The state with its values as they may be shown. */
export function shownOf({ context: { parts }, schema }: Task, type: string, state: State | undefined): Shown {
  return { state, shown: state === undefined ? undefined : parts.secrecy.show(schema, type, state.values) };
}

/** @throws Failure when a user has cancelled the operation: no further step is begun. */
export function checkCancelled({ cancelled }: Pick<Task, 'cancelled'>): void {
  if (cancelled.aborted) throw new Failure('CANCELLED', 'A user has cancelled the operation.');
}
