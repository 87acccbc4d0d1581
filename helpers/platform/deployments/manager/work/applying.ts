import { isDeepStrictEqual } from 'node:util';
import { type Planned, stepsOf } from '../../../../terraform/index.ts';
import type { StoredOperation } from '../../store/operation-queue.ts';
import type { PlannedChange, StoredPlan } from '../../store/plan-store.ts';
import type { Outcome, StoredResource } from '../../store/resource-store.ts';
import { Failure } from '../failure.ts';
import { addressOf } from '../order.ts';
import { at } from './planning.ts';
import { checkCancelled, resourcesOf, shownOf, type Task } from './task.ts';

/**
 * Takes up what an earlier operation has begun and left in doubt: the same step is applied again, exactly as it was
 * planned, so that a provider that recognizes it does not create a second resource.
 */
export async function settleDoubts(task: Task): Promise<void> {
  for (const resource of await resourcesOf(task))
    if (resource.status === 'in_doubt') await runStep(task, resource, resource.step!, -1);
}

/**
 * Applies a plan, resource by resource and step by step. An operation that was begun by a killed manager goes on where
 * it was: after the last step that is settled.
 */
export async function applyPlan(task: Task, plan: StoredPlan): Promise<void> {
  const {
    fence,
    context: { parts, pool },
  } = task;
  const known = new Map((await resourcesOf(task)).map((resource) => [addressOf(resource), resource]));
  for (const change of plan.changes) {
    const resource = known.get(addressOf(change));
    if (change.planned.action === 'none') {
      if (!isDeepStrictEqual(resource?.dependsOn, change.dependsOn)) await parts.resources.depend(pool, fence, change);
      continue;
    }
    const settled = settledSteps(resource, fence.number);
    for (const [index, step] of stepsOf(change.planned).entries())
      if (index >= settled) await runStep(task, change, step, index);
  }
}

/**
 * The plan that an operation applies; undefined when it has none yet.
 * @throws Failure when a user has named a plan that is not there, or was made on another state.
 */
export async function findPlan(
  task: Task,
  { plan: id, ownPlan, number }: StoredOperation,
): Promise<StoredPlan | undefined> {
  const {
    deployment,
    context: { parts, pool },
  } = task;
  if (id === null) return undefined;
  const plan = await parts.plans.find(pool, deployment.id, id);
  if (plan === undefined) throw new Failure('UNKNOWN_PLAN', `Deployment ${deployment.id} has no plan ${id}.`);
  const wasBegun = (await resourcesOf(task)).some((one) => isOf(one, number)); // by a killed manager
  if (wasBegun || parts.plans.isCurrent(plan, deployment)) return plan;
  if (ownPlan) return undefined;
  throw new Failure('STALE_PLAN', 'The deployment has changed since the plan was made: make another one.');
}

/** Whether an operation has begun to change a resource by its plan. */
function isOf({ operation, status, steps }: StoredResource, number: number): boolean {
  return operation === number && (steps > 0 || (status === 'in_doubt' && steps === 0));
}

/** How many steps of this operation on the resource are settled. */
function settledSteps(resource: StoredResource | undefined, operation: number): number {
  return resource?.operation === operation ? Math.max(resource.steps, 0) : 0;
}

/** Applies one step. The resource is in doubt until it is known what the step has made of it. */
async function runStep(
  task: Task,
  resource: Pick<PlannedChange, 'type' | 'name' | 'dependsOn'>,
  step: Planned,
  steps: number,
): Promise<void> {
  const {
    provider,
    fence,
    context: { parts, pool },
  } = task;
  const { type, name, dependsOn } = resource;
  checkCancelled(task);
  await parts.resources.begin(pool, fence, { type, name, dependsOn, step, steps });
  const settle = async (outcome: Outcome): Promise<void> => {
    if (outcome.status === 'in_doubt') return;
    await parts.resources.settle(pool, fence, resource, { ...outcome, ...shownOf(task, type, outcome.state) });
  };
  await at(resource, async () => {
    let outcome: Outcome;
    try {
      outcome = parts.outcomes.afterSuccess(await provider.apply(step));
    } catch (error) {
      await settle(parts.outcomes.afterFailure(step, error));
      throw error;
    }
    await settle(outcome);
  });
}
