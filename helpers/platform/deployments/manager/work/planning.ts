import { isDeepStrictEqual } from 'node:util';
import type { Planned, State, Values } from '../../../../terraform/index.ts';
import type { WantedResource } from '../../contract.ts';
import type { PlannedChange, StoredPlan } from '../../store/plan-store.ts';
import type { ResourceAddress, StoredResource } from '../../store/resource-store.ts';
import { Failure, FailureAt } from '../failure.ts';
import { addressOf } from '../order.ts';
import { checkCancelled, resourcesOf, shownOf, type Task } from './task.ts';

/**
 * Makes a plan that turns what exists into what is wanted, and stores it. What exists is looked at first, and its state
 * written as it was found; nothing else changes.
 * @param wanted the resources that are to exist afterwards.
 */
export async function makePlan(task: Task, wanted: readonly WantedResource[]): Promise<StoredPlan> {
  const {
    deployment,
    fence,
    context: { parts, pool },
  } = task;
  const known = await resourcesOf(task);
  const doubtful = known.find(({ status }) => status === 'in_doubt');
  if (doubtful !== undefined)
    throw new Failure('IN_DOUBT', `${addressOf(doubtful)} is in doubt: apply without a plan, which settles it first.`);
  const changes: PlannedChange[] = [];
  const kept = new Set(wanted.map(addressOf));
  const existing = known.filter(({ status }) => status === 'exists');
  for (const resource of parts.order.ofCreation(existing).toReversed()) {
    if (kept.has(addressOf(resource))) continue;
    const prior = await refresh(task, resource);
    if (prior !== undefined) changes.push(await changeOf(task, resource, resource.dependsOn, undefined, prior));
  }
  for (const resource of parts.order.ofCreation(wanted)) {
    const found = existing.find((one) => addressOf(one) === addressOf(resource));
    const prior = found === undefined ? undefined : await refresh(task, found);
    const { dependsOn = [], config } = resource;
    changes.push(await changeOf(task, resource, dependsOn, config as Values, prior, found?.tainted));
  }
  const current = (await parts.deployments.find(pool, deployment.id))!; // its serial counts what was found
  const plan = await parts.plans.create(pool, {
    id: parts.ids.next(),
    deployment: deployment.id,
    revision: deployment.revision,
    serial: current.serial,
    changes,
  });
  await parts.operations.planned(pool, fence, plan.id);
  return plan;
}

/** The state of a resource as its provider finds it now, which is written if it is another. */
async function refresh(task: Task, resource: StoredResource): Promise<State | undefined> {
  const {
    provider,
    schema,
    fence,
    context: { parts, pool },
  } = task;
  const { type } = resource;
  checkCancelled(task);
  return at(resource, async () => {
    const stored = resource.state!;
    const isCurrent = stored.schemaVersion === schema.resources[type]?.version;
    const found = await provider.read(type, isCurrent ? stored : await provider.upgrade(type, stored));
    if (!isDeepStrictEqual(found, stored))
      await parts.resources.found(pool, fence, resource, shownOf(task, type, found));
    return found;
  });
}

function changeOf(
  task: Task,
  { type, name }: ResourceAddress,
  dependsOn: readonly string[],
  config: Values | undefined,
  prior: State | undefined,
  isTainted = false,
): Promise<PlannedChange> {
  checkCancelled(task);
  return at({ type, name }, async () => {
    const planned =
      isTainted && prior !== undefined
        ? await planReplacement(task, type, config, prior)
        : await task.provider.plan({ type, config, prior });
    const show = (values: Values | undefined): Values | null =>
      values === undefined ? null : task.context.parts.secrecy.show(task.schema, type, values);
    return { type, name, dependsOn, planned, shown: { before: show(planned.before), after: show(planned.after) } };
  });
}

/** Of a resource whose creation has failed half-way. */
async function planReplacement(
  { provider }: Task,
  type: string,
  config: Values | undefined,
  prior: State,
): Promise<Planned> {
  const removal = await provider.plan({ type, config: undefined, prior });
  if (config === undefined) return removal;
  const creation = await provider.plan({ type, config, prior: undefined });
  return { ...creation, action: 'replace', before: removal.before, removal };
}

/** Adds the resource's address to errors. */
export async function at<T>(resource: ResourceAddress, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new FailureAt(addressOf(resource), error);
  }
}
