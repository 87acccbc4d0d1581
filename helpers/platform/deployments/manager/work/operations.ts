import type { WantedResource } from '../../contract.ts';
import type { StoredDeployment } from '../../store/deployment-store.ts';
import type { StoredOperation } from '../../store/operation-queue.ts';
import type { ManagerContext } from '../manager-context.ts';
import { Failure } from '../failure.ts';
import type { Instances } from '../instances.ts';
import { addressOf } from '../order.ts';
import { applyPlan, findPlan, settleDoubts } from './applying.ts';
import { at, makePlan } from './planning.ts';
import { resourcesOf, shownOf, type Task } from './task.ts';

/** An operation that runs. */
export interface Job {
  readonly context: ManagerContext;
  readonly instances: Instances;
  readonly deployment: StoredDeployment;
  readonly operation: StoredOperation;
  readonly cancelled: AbortSignal;
}

/**
 * Does what an operation is for. It can be begun again at any point where the manager was killed or lost its database.
 * @throws Failure, ProviderError or FailureAt when the operation has failed.
 */
export async function perform(job: Job): Promise<void> {
  const { operation, deployment } = job;
  if (operation.kind === 'destroy') return destroy(job);
  await withProvider(job, async (task) => {
    if (operation.kind === 'plan') await makePlan(task, deployment.wanted);
    else if (operation.kind === 'import') await importResource(task, operation);
    else await apply(task, operation, deployment.wanted);
  });
}

/** Turns what exists into what is wanted: by the plan that a user has named, or one that is made now. */
async function apply(task: Task, operation: StoredOperation, wanted: readonly WantedResource[]): Promise<void> {
  let plan = await findPlan(task, operation);
  if (plan === undefined) {
    await settleDoubts(task);
    plan = await makePlan(task, wanted);
  }
  await applyPlan(task, plan);
}

/** Needs no provider where nothing exists, so that a deployment whose provider does not start can be destroyed, too. */
async function destroy(job: Job): Promise<void> {
  const { context, deployment, operation, instances } = job;
  const { parts, pool, configuration } = context;
  const resources = await parts.resources.of(pool, [deployment.id]);
  if (resources.some(({ status }) => status !== 'absent'))
    await withProvider(job, (task) => apply(task, operation, []));
  await instances.end(deployment);
  parts.workspace.remove(configuration.root, deployment);
}

async function importResource(task: Task, { import: wanted }: StoredOperation): Promise<void> {
  const {
    provider,
    fence,
    deployment,
    context: { parts, pool },
  } = task;
  const { type, name, id } = wanted!;
  const address = addressOf({ type, name });
  const known = (await resourcesOf(task)).find((one) => addressOf(one) === address);
  if (known !== undefined && known.status !== 'absent')
    throw new Failure('EXISTS', `${address} exists already: remove it before another one is imported.`);
  await at({ type, name }, async () => {
    const [imported] = await provider.import(type, id);
    const state = imported === undefined ? undefined : await provider.read(imported.type, imported.state);
    if (state === undefined) throw new Failure('NOT_FOUND', `The provider finds no ${type} with the id ${id}.`);
    const { dependsOn = [] } = deployment.wanted.find((one) => addressOf(one) === address) ?? {};
    await parts.resources.found(pool, fence, { type, name, dependsOn }, shownOf(task, type, state));
  });
}

function withProvider(
  { context, instances, deployment, operation, cancelled }: Job,
  work: (task: Task) => Promise<void>,
): Promise<void> {
  return instances.use(deployment, async (provider) =>
    work({ context, deployment, fence: operation, provider, schema: await provider.schema(), cancelled }),
  );
}
