import { isDeepStrictEqual } from 'node:util';
import {
  AvailabilityZoneRebalancing,
  PropagateTags,
  SchedulingStrategy,
  type CreateServiceRequest,
  type DeploymentConfiguration,
} from '@aws-sdk/client-ecs';
import { CloudError } from '../errors.ts';
import type { Service } from '../state.ts';
import { checkEnum } from '../wire/enums.ts';

const longestGrace = 2_147_483_647;

/** @throws CloudError for what the service refuses. */
export function checkService({ serviceName, desiredCount = 0, ...request }: Partial<CreateServiceRequest>): void {
  if (serviceName !== undefined && !/^[a-zA-Z0-9_-]{1,255}$/.test(serviceName))
    throw CloudError.invalid('Service name contains invalid characters.');
  if (!Number.isInteger(desiredCount) || desiredCount < 0 || desiredCount > 5000)
    throw CloudError.invalid('desiredCount must be between 0 and 5000.');
  checkEnum('propagateTags', request.propagateTags, PropagateTags);
  checkEnum('schedulingStrategy', request.schedulingStrategy, SchedulingStrategy);
  if (request.schedulingStrategy === 'DAEMON')
    throw CloudError.invalid('The daemon scheduling strategy is not supported for services that use Fargate.');
  checkEnum('availabilityZoneRebalancing', request.availabilityZoneRebalancing, AvailabilityZoneRebalancing);
  const { healthCheckGracePeriodSeconds: grace = 0 } = request;
  if (!(grace >= 0 && grace <= longestGrace))
    throw CloudError.invalid(`healthCheckGracePeriodSeconds must be between 0 and ${longestGrace}.`);
}

/** A deployment's configuration, with defaults. @throws CloudError */
export function configurationOf(
  wanted: DeploymentConfiguration = {},
  before: Service['configuration'] = {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: false, rollback: false },
  },
): Service['configuration'] {
  const { minimumHealthyPercent = before.minimumHealthyPercent, maximumPercent = before.maximumPercent } = wanted;
  if (minimumHealthyPercent < 0 || maximumPercent < 1 || maximumPercent > 2000)
    throw CloudError.invalid('Percentages of a deployment must be between 0 and 2000.');
  if (maximumPercent <= minimumHealthyPercent)
    throw CloudError.invalid('The maximumPercent must be greater than the minimumHealthyPercent.');
  return { ...before, ...wanted, minimumHealthyPercent, maximumPercent };
}

/** Whether a request repeats an earlier one, by its token. */
export function isSameRequest(before: CreateServiceRequest, now: CreateServiceRequest): boolean {
  return now.clientToken !== undefined && isDeepStrictEqual(before, now);
}
