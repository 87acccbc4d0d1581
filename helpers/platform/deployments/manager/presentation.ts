import type { ProviderSchema } from '../../../terraform/index.ts';
import type { Deployment, Operation, Plan } from '../contract.ts';
import type { StoredDeployment } from '../store/deployment-store.ts';
import type { StoredOperation } from '../store/operation-queue.ts';
import type { StoredPlan } from '../store/plan-store.ts';
import type { StoredResource } from '../store/resource-store.ts';
import type { ManagerContext } from './manager-context.ts';
import type { Instances } from './instances.ts';
import { addressOf } from './order.ts';

type Resources = Deployment['resources'];

/** Deployments as users see them, with what is known of their resources. */
export async function presentDeployments(
  { parts, pool, configuration: { root } }: ManagerContext,
  instances: Instances,
  deployments: readonly StoredDeployment[],
): Promise<Deployment[]> {
  const ids = deployments.map(({ id }) => id);
  const resources = await parts.resources.of(pool, ids);
  return deployments.map((deployment) => {
    const { id, name, provider, status, revision, serial, launches, error, created_at, updated_at } = deployment;
    const running = instances.find(deployment);
    return {
      id,
      name,
      provider,
      status,
      revision,
      serial,
      instance: {
        pid: running?.provider.pid ?? null,
        protocol: running?.provider.protocol ?? null,
        workingDirectory: running?.workingDirectory ?? parts.workspace.pathOf(root, deployment),
        socket: running?.provider.socket ?? null,
        launches,
      },
      resources: presentResources(
        deployment,
        resources.filter((one) => one.deployment === id),
      ),
      error,
      createdAt: created_at.toISOString(),
      updatedAt: updated_at.toISOString(),
    };
  });
}

/** Those that are wanted, in their order, then others that exist or may exist. */
function presentResources({ wanted, status }: StoredDeployment, known: readonly StoredResource[]): Resources {
  const rest = new Map(known.map((resource) => [addressOf(resource), resource]));
  const shown: Resources = [];
  for (const resource of status === 'destroyed' ? [] : wanted) {
    const { type, name } = resource;
    shown.push(present(rest.get(addressOf(resource))) ?? { type, name, status: 'absent', tainted: false, state: null });
    rest.delete(addressOf(resource));
  }
  for (const resource of rest.values()) if (resource.status !== 'absent') shown.push(present(resource)!);
  return shown;
}

function present(resource: StoredResource | undefined): Resources[number] | undefined {
  if (resource === undefined) return undefined;
  const { type, name, status, tainted, shown } = resource;
  return { type, name, status, tainted, state: shown };
}

export function presentPlan({ id, revision, serial, changes, created_at }: StoredPlan): Plan {
  return {
    id,
    revision,
    serial,
    changes: changes.map(({ type, name, planned, shown }) => ({
      type,
      name,
      action: planned.action,
      before: shown.before,
      after: shown.after,
      requiresReplace: [...planned.requiresReplace],
    })),
    createdAt: created_at.toISOString(),
  };
}

export function presentOperation(operation: StoredOperation): Operation {
  const { number, kind, status, plan, attempts, error, created_at, started_at, ended_at } = operation;
  return {
    number,
    kind,
    status,
    plan,
    attempts,
    error,
    createdAt: created_at.toISOString(),
    startedAt: started_at?.toISOString() ?? null,
    endedAt: ended_at?.toISOString() ?? null,
  };
}

/** A provider's schemas as JSON. */
export function presentSchema({ provider, resources }: ProviderSchema) {
  return {
    provider: { ...provider } as Record<string, unknown>,
    resources: { ...resources } as unknown as Record<string, Record<string, unknown>>,
  };
}
