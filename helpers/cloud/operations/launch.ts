import { LaunchType, type CapacityProviderStrategyItem, type NetworkConfiguration } from '@aws-sdk/client-ecs';
import { CloudError } from '../errors.ts';
import type { TaskDefinition } from '../state.ts';
import { checkEnum } from '../wire/enums.ts';

interface Launch {
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined;
  readonly networkConfiguration?: NetworkConfiguration | undefined;
}

/** Checks how tasks are to be started: only Fargate is available, without instances. @throws CloudError */
export function checkLaunch(
  { launchType, capacityProviderStrategy = [], networkConfiguration }: Launch,
  { request }: TaskDefinition,
): void {
  checkEnum('launchType', launchType, LaunchType);
  const isFargate =
    launchType === 'FARGATE' ||
    capacityProviderStrategy.some(({ capacityProvider }) =>
      ['FARGATE', 'FARGATE_SPOT'].includes(capacityProvider ?? ''),
    );
  if (!isFargate) throw CloudError.invalid('No Container Instances were found in your cluster.');
  if (request.requiresCompatibilities?.includes('FARGATE') !== true)
    throw CloudError.invalid('Task definition does not support launch_type FARGATE.');
  if ((networkConfiguration?.awsvpcConfiguration?.subnets ?? []).length === 0) {
    throw CloudError.invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
}
