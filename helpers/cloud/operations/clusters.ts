import { isDeepStrictEqual } from 'node:util';
import {
  ClusterSettingName,
  ContainerInstanceStatus,
  type ClusterSetting,
  type CreateClusterRequest,
} from '@aws-sdk/client-ecs';
import { arnOf } from '../arn.ts';
import { checkProviders, checkStrategy, type Strategy } from '../capacity.ts';
import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { clusterFor, findActiveCluster, findAll, findCluster } from '../lookup.ts';
import { everything, presentCluster } from '../present/index.ts';
import { statusOf, type Cluster } from '../state.ts';
import { readTags, showTags } from '../tags.ts';
import { checkEnum } from '../wire/enums.ts';
import type { Operation } from './operation.ts';

type Settings = Cluster['settings'];

const insights = ['disabled', 'enabled', 'enhanced'];

export const createCluster: Operation<'createCluster'> = (request, context) => {
  const { clusterName: name = 'default', tags, capacityProviders = [], defaultCapacityProviderStrategy = [] } = request;
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw CloudError.invalid('Identifier contains invalid characters.');
  const known = context.state.clusters.get(name);
  if (known?.status === 'ACTIVE') {
    checkSame(known, request);
    return { cluster: presentCluster(known, everything) };
  }
  checkCapacity(capacityProviders, defaultCapacityProviderStrategy);
  const cluster: Cluster = {
    name,
    arn: arnOf(context, 'cluster', name),
    order: context.state.made++,
    tags: readTags(tags),
    settings: new Map([['containerInsights', 'disabled'], ...readSettings(request.settings)]),
    capacityProviders,
    defaultStrategy: defaultCapacityProviderStrategy,
    status: 'ACTIVE',
    services: new Map(),
    tasks: new Map(),
  };
  context.state.clusters.set(name, cluster);
  return { cluster: presentCluster(cluster, everything) };
};

export const updateCluster: Operation<'updateCluster'> = ({ cluster: reference, settings }, context) =>
  changeSettings(context, reference, settings);

export const updateClusterSettings: Operation<'updateClusterSettings'> = ({ cluster: reference, settings }, context) =>
  changeSettings(context, reference, settings);

export const putClusterCapacityProviders: Operation<'putClusterCapacityProviders'> = (
  { cluster: reference, capacityProviders = [], defaultCapacityProviderStrategy = [] },
  context,
) => {
  const cluster = findActiveCluster(context, reference);
  checkCapacity(capacityProviders, defaultCapacityProviderStrategy);
  const removed = cluster.capacityProviders.find((name) => !capacityProviders.includes(name) && isUsed(cluster, name));
  if (removed !== undefined) {
    throw new CloudError(
      'ResourceInUseException',
      `The specified capacity provider '${removed}' is in use and cannot be removed.`,
    );
  }
  cluster.capacityProviders = capacityProviders;
  cluster.defaultStrategy = defaultCapacityProviderStrategy;
  return { cluster: presentCluster(cluster, everything) };
};

export const describeClusters: Operation<'describeClusters'> = ({ clusters = ['default'], include = [] }, context) => {
  if (clusters.length > 100) throw CloudError.invalid('clusters can have at most 100 items.');
  const { found, failures } = findAll(context, clusters, (reference) => clusterFor(context, reference), 'cluster');
  return { clusters: found.map((cluster) => presentCluster(cluster, include)), failures };
};

export const listClusters: Operation<'listClusters'> = (request, context) => {
  const { items, nextToken } = context.parts.paging.page(
    [...context.state.clusters.values()].filter(({ status }) => status === 'ACTIVE'),
    request,
    { placeOf: ({ order }) => [order] },
  );
  return { clusterArns: items.map(({ arn }) => arn), nextToken };
};

export const deleteCluster: Operation<'deleteCluster'> = ({ cluster: reference }, context) => {
  const cluster = findActiveCluster(context, reference);
  if ([...cluster.services.values()].some(({ status }) => status === 'ACTIVE')) {
    throw new CloudError(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
  }
  if ([...cluster.tasks.values()].some((task) => statusOf(task) !== 'STOPPED')) {
    throw new CloudError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  }
  cluster.status = 'INACTIVE';
  return { cluster: presentCluster(cluster, []) };
};

/** There are none: tasks run on Fargate. */
export const listContainerInstances: Operation<'listContainerInstances'> = ({ cluster, status, ...page }, context) => {
  findCluster(context, cluster);
  checkEnum('status', status, ContainerInstanceStatus);
  const { items, nextToken } = context.parts.paging.page<string>([], page, { placeOf: (arn) => [arn] });
  return { containerInstanceArns: items, nextToken };
};

function changeSettings(
  context: CloudContext,
  reference: string | undefined,
  settings: readonly ClusterSetting[] | undefined,
): ReturnType<typeof updateCluster> {
  const cluster = findActiveCluster(context, reference);
  for (const [name, value] of readSettings(settings)) cluster.settings.set(name, value);
  return { cluster: presentCluster(cluster, everything) };
}

function readSettings(settings: readonly ClusterSetting[] | undefined): Settings {
  const read: Settings = new Map();
  for (const { name, value = '' } of settings ?? []) {
    checkEnum('name', name, ClusterSettingName);
    if (name === undefined || !insights.includes(value))
      throw CloudError.invalid(
        `Invalid value '${value}' for the setting ${name}: it is one of ${insights.join(', ')}.`,
      );
    read.set(name, value);
  }
  return read;
}

function checkCapacity(providers: readonly string[], strategy: Strategy): void {
  checkProviders(providers);
  checkStrategy(strategy, providers);
}

/** Whether tasks or services of a cluster get their capacity from a provider. */
function isUsed({ tasks, services }: Cluster, provider: string): boolean {
  return (
    [...tasks.values()].some(
      (task) =>
        'capacityProviderName' in task.launch &&
        task.launch.capacityProviderName === provider &&
        statusOf(task) !== 'STOPPED',
    ) ||
    [...services.values()].some(
      ({ status, request }) =>
        status === 'ACTIVE' &&
        request.capacityProviderStrategy?.some(({ capacityProvider }) => capacityProvider === provider) === true,
    )
  );
}

/** A repeated request may leave out what the first one said, and not say anything else. */
function checkSame(cluster: Cluster, { tags, settings, ...request }: CreateClusterRequest): void {
  const isSame =
    (tags === undefined || isDeepStrictEqual(showTags(readTags(tags)), showTags(cluster.tags))) &&
    [...readSettings(settings)].every(([name, value]) => cluster.settings.get(name) === value) &&
    isDeepStrictEqual(request.capacityProviders ?? cluster.capacityProviders, cluster.capacityProviders) &&
    isDeepStrictEqual(request.defaultCapacityProviderStrategy ?? cluster.defaultStrategy, cluster.defaultStrategy);
  if (!isSame) {
    throw CloudError.invalid(
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    );
  }
}
