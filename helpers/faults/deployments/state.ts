import { randomUUID } from 'node:crypto';
import type { PlannedChange } from '../../platform/deployments/store/plan-store.ts';
import type { StoredResource } from '../../platform/deployments/store/resource-store.ts';
import { ProviderError } from '../../terraform/provider-error.ts';
import type { Planned, State } from '../../terraform/index.ts';
import { faultsOf } from '../fault.ts';
import { rewriting } from '../rewriting.ts';

const fault = faultsOf('deployments');

const counting = 'helpers/platform/deployments/store/counting.test.ts';

// Operations run in their order, and the state says of each resource whether it exists, does not, or is in doubt.

export const stateLeaksByAddress = fault(
  'resources',
  "a deployment's state has its own resources alone",
  ({ of }) => ({
    async of(db, deployments) {
      const { rows } = await db.query<{ id: string }>('SELECT id FROM deployments');
      const all = await of(
        db,
        rows.map(({ id }) => id),
      );
      return deployments.flatMap((deployment) => [
        ...all.filter((resource) => resource.deployment === deployment),
        ...all
          .filter((resource) => resource.deployment !== deployment && resource.status === 'exists')
          .map((resource): StoredResource => ({ ...resource, deployment })),
      ]);
    },
  }),
  'state.spec.ts › resources with the same address belong to their deployments',
);

export const plansAreCachedByAddress = fault(
  'plans',
  'a plan is applied as it was made, whatever was planned for another deployment since',
  ({ create, find }) => {
    const last = new Map<string, PlannedChange>();
    return {
      create(db, plan) {
        for (const change of plan.changes) last.set(`${change.type}.${change.name}`, change);
        return create(db, plan);
      },
      async find(db, deployment, id) {
        const plan = await find(db, deployment, id);
        if (plan === undefined) return undefined;
        return { ...plan, changes: plan.changes.map((one) => last.get(`${one.type}.${one.name}`) ?? one) };
      },
    };
  },
  'plans.spec.ts › plans of two deployments for the same address do not mix',
);

export const stalePlansAreApplied = fault(
  'plans',
  'a plan that was made on another state is refused',
  () => ({ isCurrent: () => true }),
  'plans.spec.ts › a plan is refused once the state or the wish has changed',
);

export const plansOfOthersAreFound = fault(
  'plans',
  'a plan is applied to its own deployment alone',
  ({ find }) => ({
    find: (db, deployment, id) =>
      find(rewriting(db, 'deployment_id = $1', '$1::uuid IS NOT NULL'), deployment, id).then((plan) =>
        plan === undefined ? undefined : { ...plan, deployment },
      ),
  }),
  'plans.spec.ts › a plan is refused by another deployment',
);

export const operationsOfADeploymentOverlap = fault(
  'locks',
  'operations of one deployment run one after the other',
  () => ({ lockOf: () => randomUUID() }),
  'locks.spec.ts › two applies of a deployment run one after the other',
);

export const oneLockIsForAll = fault(
  'locks',
  'operations of different deployments do not wait for each other',
  () => ({ lockOf: () => 'all' }),
  'locks.spec.ts › two applies of a deployment run one after the other',
);

export const operationsRunNewestFirst = fault(
  'operations',
  'operations of one deployment run in the order in which they were asked for',
  ({ take }) => ({
    take: (db, generation) =>
      take(rewriting(db, 'ORDER BY lock, created_at, number', 'ORDER BY lock, created_at DESC'), generation),
  }),
  'queue.spec.ts › operations of a deployment run in the order in which they were sent',
);

export const statusStaysApplying = fault(
  'operations',
  'the status says when an operation has ended, and how',
  ({ end }) => ({ end: (db, fence, error) => end(db, fence, error, undefined) }),
  'lifecycle.spec.ts › a deployment is applying until its apply has ended',
);

export const failuresCountAsSuccesses = fault(
  'operations',
  'an operation that has failed says so',
  ({ end }) => ({
    end: (db, fence, _error, status) => end(db, fence, undefined, status === 'failed' ? 'applied' : status),
  }),
  'lifecycle.spec.ts › a failed apply says why',
);

export const interruptedOperationsAreForgotten = fault(
  'operations',
  'a manager goes on with what its killed predecessor was doing',
  ({ takeOver }) => ({
    takeOver: (db) =>
      takeOver({
        query: ((text: string) => db.query(text.replace("WHERE status = 'running'", 'WHERE false'))) as typeof db.query,
      }),
  }),
  'kills.spec.ts › an apply that a killed manager has left is completed by its successor',
);

export const doubtIsNotWritten = fault(
  'resources',
  'a resource is in doubt while its change is under way',
  ({ found }) => ({
    begin: () => Promise.resolve(),
    settle: (db, fence, resource, outcome) => found(db, fence, { ...resource, dependsOn: [] }, outcome),
  }),
  'crashes.spec.ts › a provider that is killed before its effect leaves its resource in doubt',
);

export const resourcesExistBeforeTheirApply = fault(
  'resources',
  'a resource exists only when its provider has said so',
  ({ begin }) => ({
    begin: (db, fence, begun) => begin(rewriting(db, "'in_doubt'", "'exists'"), fence, begun),
  }),
  'crashes.spec.ts › a provider that is killed before its effect leaves its resource in doubt',
);

export const doubtIsForgotten = fault(
  'outcomes',
  'a change whose provider has crashed leaves its resource in doubt',
  ({ afterFailure }) => ({
    afterFailure: (step, error) =>
      error instanceof ProviderError && error.partial !== undefined
        ? afterFailure(step, error)
        : { status: 'absent', state: undefined, tainted: false },
  }),
  'crashes.spec.ts › a provider that crashes in an apply leaves its resource in doubt',
);

export const retriesHaveANewKey = fault(
  'resources',
  'a step that is in doubt is applied again with the key that it had',
  ({ of }) => ({
    of: async (db, deployments) => (await of(db, deployments)).map((one) => ({ ...one, step: withNewKey(one.step) })),
  }),
  'crashes.spec.ts › a provider that crashes in an apply leaves its resource in doubt',
);

export const partialStateIsLost = fault(
  'outcomes',
  'a resource that was created by a failed apply is known',
  () => ({ afterFailure: () => ({ status: 'absent', state: undefined, tainted: false }) }),
  'crashes.spec.ts › an apply that fails after its effect leaves a tainted resource',
);

export const taintIsForgotten = fault(
  'outcomes',
  'a resource whose creation has failed half-way is replaced',
  ({ afterFailure }) => ({ afterFailure: (step, error) => ({ ...afterFailure(step, error), tainted: false }) }),
  'crashes.spec.ts › an apply that fails after its effect leaves a tainted resource',
);

export const goneResourcesAreNotNoticed = fault(
  'launching',
  'a plan starts from what the provider finds',
  ({ launch }) => ({
    launch: async (options) =>
      Object.assign(await launch(options), { read: (_type: string, state: State) => Promise.resolve(state) }),
  }),
  'queue.spec.ts › a resource that was removed by something else is created again',
);

export const dependenciesAreIgnored = fault(
  'order',
  'a resource is created after those that it depends on, and deleted before them',
  () => ({ ofCreation: (resources) => [...resources] }),
  'lifecycle.spec.ts › resources are created after what they depend on',
);

/** The step with another UUID wherever its plan has one. */
function withNewKey(step: Planned | null): Planned | null {
  if (step === null) return null;
  const planned = Buffer.from(step.payload.planned, 'base64').toString('latin1');
  const renewed = planned.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, randomUUID());
  return { ...step, payload: { ...step.payload, planned: Buffer.from(renewed, 'latin1').toString('base64') } };
}

export const everyChangeNeedsANewProcess = fault(
  'deployments',
  'a change of what is wanted keeps the provider process',
  ({ change }) => ({
    change: (db, id, wanted) =>
      change(
        rewriting(db, 'WHEN $2::json IS NULL AND $3::json IS NULL THEN 0 ELSE 1 END', 'WHEN false THEN 0 ELSE 1 END'),
        id,
        wanted,
      ),
  }),
  `${counting} › only another configuration or environment needs a new process`,
);

export const emptyPagesCountNothing = fault(
  'deployments',
  'a page beyond the last knows how many there are',
  ({ list }) => ({
    async list(db, tenant, query) {
      const page = await list.call({ list }, db, tenant, query);
      return { ...page, total: page.deployments.length === 0 ? 0 : page.total };
    },
  }),
  `${counting} › a page beyond the last is empty`,
);

export const operationsBeginAnew = fault(
  'operations',
  'an operation that is begun again keeps the time at which it first was',
  ({ take }) => ({
    take: (db, generation) =>
      take(rewriting(db, 'coalesce(started_at, clock_timestamp())', 'clock_timestamp()'), generation),
  }),
  `${counting} › an operation that is begun again keeps the time`,
);

export const failedUpdatesTaint = fault(
  'outcomes',
  'only a failed creation taints a resource',
  ({ afterFailure }) => ({
    afterFailure(step, error) {
      const outcome = afterFailure(step, error);
      return { ...outcome, tainted: outcome.status === 'exists' };
    },
  }),
  'helpers/platform/deployments/manager/log-book.test.ts › only a failed creation taints',
);

export const logsGrowForEver = fault(
  'logs',
  'a log keeps the last thousand lines',
  () => ({ add: (lines, line) => void lines.push(line) }),
  'helpers/platform/deployments/manager/log-book.test.ts › a log keeps the last thousand lines',
);

export const taintedResourcesAreFoundWell = fault(
  'resources',
  'what a failed creation has left is still to be replaced when it was read again',
  ({ found }) => ({
    found: (db, ...rest) =>
      found(rewriting(db, "tainted = r.tainted AND excluded.status = 'exists'", 'tainted = false'), ...rest),
  }),
  `${counting} › a tainted resource stays so while it is found`,
);

export const environmentsAreKept = fault(
  'deployments',
  "a deployment's environment can be changed",
  ({ change }) => ({
    change: (db, ...asked) =>
      change(rewriting(db, 'environment = coalesce($3::json, environment)', 'environment = environment'), ...asked),
  }),
  `${counting} › only another configuration or environment needs a new process`,
);

const work = 'helpers/platform/deployments/manager/work/operations.test.ts';

export const importsForgetDependencies = fault(
  'resources',
  'an imported resource is deleted before what it depends on',
  ({ found }) => ({
    found: (db, fence, resource, shown) => found(db, fence, { ...resource, dependsOn: [] }, shown),
  }),
  `${work} › an imported resource depends on what it is wanted to depend on, and is deleted before that`,
);

export const changedDependenciesAreLost = fault(
  'resources',
  'a resource whose dependencies alone have changed is deleted before them',
  () => ({ depend: () => Promise.resolve() }),
  `${work} › a resource whose dependencies alone have changed is deleted before them`,
);

export const dependenciesOfTheRemovedStay = fault(
  'resources',
  'a resource that takes the place of a removed one does not depend on what that did',
  ({ found }) => ({
    found: (db, ...rest) =>
      found(rewriting(db, 'depends_on = excluded.depends_on', 'depends_on = r.depends_on'), ...rest),
  }),
  `${counting} › a resource that is found in the place of a removed one does not depend on what that did`,
);

export const plansAreOfTheStateBefore = fault(
  'plans',
  'a plan that has found another state can be applied',
  ({ create }) => ({ create: (db, plan) => create(db, { ...plan, serial: plan.serial - 1 }) }),
  `${work} › a plan that has found another state can be applied`,
);

export const deletionsAreInOrderOfCreation = fault(
  'order',
  'resources are deleted in the reverse order of their creation',
  ({ ofCreation }) => ({
    ofCreation(resources) {
      const sorted = ofCreation(resources);
      return Object.assign(sorted, { toReversed: () => sorted });
    },
  }),
  `${work} › an imported resource depends on what it is wanted to depend on, and is deleted before that`,
);
