import { arnOf, nameIn } from '../arn.ts';
import { CloudError } from '../errors.ts';
import { findActiveCluster, findAll } from '../lookup.ts';
import { pageOf } from '../paging.ts';
import { presentCluster } from '../present.ts';
import { statusOf, type Cluster } from '../state.ts';
import { readTags } from '../tags.ts';
import type { Operation } from './operation.ts';

export const createCluster: Operation<'createCluster'> = ({ clusterName: name = 'default', tags }, context) => {
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw CloudError.invalid('Identifier contains invalid characters.');
  const known = context.state.clusters.get(name);
  if (known?.status === 'ACTIVE') return { cluster: presentCluster(known, { tags: true }) };
  const cluster: Cluster = {
    name,
    arn: arnOf(context, 'cluster', name),
    tags: readTags(tags),
    status: 'ACTIVE',
    services: new Map(),
    tasks: new Map(),
  };
  context.state.clusters.set(name, cluster);
  return { cluster: presentCluster(cluster, { tags: true }) };
};

export const describeClusters: Operation<'describeClusters'> = ({ clusters = ['default'], include = [] }, context) => {
  if (clusters.length > 100) throw CloudError.invalid('clusters can have at most 100 items.');
  const { found, failures } = findAll(
    context,
    clusters,
    (reference) => context.state.clusters.get(nameIn(reference)),
    'cluster',
  );
  return { clusters: found.map((cluster) => presentCluster(cluster, { tags: include.includes('TAGS') })), failures };
};

export const listClusters: Operation<'listClusters'> = (request, { state }) => {
  const { arns, nextToken } = pageOf(
    [...state.clusters.values()].filter(({ status }) => status === 'ACTIVE').map(({ arn }) => arn),
    request,
  );
  return { clusterArns: arns, nextToken };
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
  return { cluster: presentCluster(cluster, { tags: false }) };
};
