import { LaunchType, type CapacityProviderStrategyItem, type NetworkConfiguration } from '@aws-sdk/client-ecs';
import { checkStrategy, type Capacity, type Strategy } from '../capacity.ts';
import { CloudError } from '../errors.ts';
import type { Cluster, TaskDefinition } from '../state.ts';
import { checkEnum } from '../wire/enums.ts';

interface Wanted {
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined;
  readonly networkConfiguration?: NetworkConfiguration | undefined;
}

/**
 * Checks how tasks are to be started: only Fargate is available, without instances.
 * @returns the strategy: the wanted one, or without a launch type the cluster's; undefined for the launch type FARGATE.
 * @throws CloudError
 */
export function checkLaunch(
  { launchType, capacityProviderStrategy = [], networkConfiguration }: Wanted,
  { request }: TaskDefinition,
  cluster: Cluster,
  capacity: Capacity,
): Strategy | undefined {
  checkEnum('launchType', launchType, LaunchType);
  if (launchType !== undefined && capacityProviderStrategy.length > 0) {
    throw CloudError.invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  const strategy = capacity.strategyOf(capacityProviderStrategy, cluster);
  const isFargate = launchType === undefined ? strategy.length > 0 : launchType === 'FARGATE';
  if (!isFargate) throw CloudError.invalid('No Container Instances were found in your cluster.');
  if (launchType === undefined) checkStrategy(strategy, cluster.capacityProviders);
  if (request.requiresCompatibilities?.includes('FARGATE') !== true)
    throw CloudError.invalid('Task definition does not support launch_type FARGATE.');
  if ((networkConfiguration?.awsvpcConfiguration?.subnets ?? []).length === 0) {
    throw CloudError.invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  return launchType === undefined ? strategy : undefined;
}
