import type { Failure } from '@aws-sdk/client-ecs';
import { arnOf } from './arn.ts';
import type { CloudContext } from './cloud-context.ts';
import { CloudError } from './errors.ts';
import type { Cluster, Service, Task, TaskDefinition } from './state.ts';

const defaultCluster = 'default';

/** A cluster by its name or ARN, by default the one named `default`. @throws CloudError */
export function findCluster(context: CloudContext, reference = defaultCluster): Cluster {
  const cluster = clusterFor(context, reference);
  if (cluster === undefined) throw new CloudError('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}

/** A cluster by its name or ARN. @throws CloudError for an ARN of another owner. */
export function clusterFor(context: CloudContext, reference: string): Cluster | undefined {
  return context.state.clusters.get(context.parts.identifiers.nameIn(reference, context, 'cluster'));
}

/** A cluster that is not deleted. @throws CloudError */
export function findActiveCluster(context: CloudContext, reference?: string): Cluster {
  const cluster = findCluster(context, reference);
  if (cluster.status !== 'ACTIVE')
    throw new CloudError('ClusterNotFoundException', 'The referenced cluster was inactive.');
  return cluster;
}

/** @throws CloudError */
export function findService(context: CloudContext, cluster: Cluster, reference = ''): Service {
  const service = serviceFor(context, cluster, reference);
  if (service === undefined) throw new CloudError('ServiceNotFoundException', 'Service not found.');
  return service;
}

/** A service by its name or ARN. @throws CloudError for an ARN of another cluster or owner. */
export function serviceFor(context: CloudContext, { name, services }: Cluster, reference: string): Service | undefined {
  return services.get(context.parts.identifiers.nameIn(reference, context, 'service', name));
}

/**
 * A task by its id or ARN; undefined when it is unknown or forgotten.
 * @throws CloudError for an ARN of another cluster or owner.
 */
export function taskFor(context: CloudContext, { name, tasks }: Cluster, reference: string): Task | undefined {
  return tasks.get(context.parts.identifiers.nameIn(reference, context, 'task', name));
}

/** A task definition by its ARN, by its family and revision, or the latest active one of a family. */
export function definitionFor(context: CloudContext, reference = ''): TaskDefinition | undefined {
  const [family = '', revision] = context.parts.identifiers.nameIn(reference, context, 'task-definition').split(':');
  const revisions = context.state.families.get(family) ?? [];
  return revision === undefined
    ? revisions.findLast(({ deregisteredAt }) => deregisteredAt === undefined)
    : revisions.find((one) => String(one.revision) === revision);
}

/** An active task definition. @throws CloudError */
export function findActiveDefinition(context: CloudContext, reference?: string): TaskDefinition {
  const definition = definitionFor(context, reference);
  if (definition === undefined) throw CloudError.client('TaskDefinition not found.');
  if (definition.deregisteredAt !== undefined) throw CloudError.client('TaskDefinition is inactive');
  return definition;
}

/** The resources found for references, and the missing ones. */
export function findAll<T>(
  context: CloudContext,
  references: readonly string[],
  find: (reference: string) => T | undefined,
  ...path: readonly string[]
): { found: T[]; failures: Failure[] } {
  const found: T[] = [];
  const failures: Failure[] = [];
  for (const reference of references) {
    const one = find(reference);
    if (one !== undefined) found.push(one);
    else
      failures.push({
        arn: reference.startsWith('arn:') ? reference : arnOf(context, ...path, reference),
        reason: 'MISSING',
      });
  }
  return { found, failures };
}
