import type { ClusterField, Cluster as Presented, KeyValuePair } from '@aws-sdk/client-ecs';
import { isPending, isRunning, type Cluster } from '../state.ts';
import { showTags } from '../tags.ts';
import { presentStrategy } from './capacity.ts';

/** What a cluster's description can include. */
export const everything: readonly ClusterField[] = ['TAGS', 'SETTINGS', 'STATISTICS'];

export function presentCluster(cluster: Cluster, include: readonly ClusterField[]): Presented {
  const tasks = [...cluster.tasks.values()];
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(isRunning).length,
    pendingTasksCount: tasks.filter(isPending).length,
    activeServicesCount: [...cluster.services.values()].filter(({ status }) => status === 'ACTIVE').length,
    statistics: include.includes('STATISTICS') ? statisticsOf(cluster) : [],
    tags: include.includes('TAGS') ? showTags(cluster.tags) : [],
    settings: include.includes('SETTINGS') ? [...cluster.settings].map(([name, value]) => ({ name, value })) : [],
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: presentStrategy(cluster.defaultStrategy),
  };
}

function statisticsOf({ tasks, services }: Cluster): KeyValuePair[] {
  const [all, states] = [[...tasks.values()], [...services.values()].map(({ status }) => status)];
  const fargate = {
    runningFargateTasksCount: all.filter(isRunning).length,
    pendingFargateTasksCount: all.filter(isPending).length,
    activeFargateServiceCount: states.filter((status) => status === 'ACTIVE').length,
    drainingFargateServiceCount: states.filter((status) => status === 'DRAINING').length,
  };
  return Object.entries(fargate).flatMap(([name, count]) => [
    { name, value: String(count) },
    { name: name.replace('Fargate', 'EC2'), value: '0' },
  ]);
}
