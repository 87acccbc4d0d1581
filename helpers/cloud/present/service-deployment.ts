import type * as ecs from '@aws-sdk/client-ecs';
import { arnOf, type Owner } from '../arn.ts';
import { breakerThreshold, countTasks } from '../services/deployments.ts';
import type { Service, ServiceDeployment } from '../state.ts';
import { presentLaunch } from './capacity.ts';
import { platform } from './presented-task.ts';

/** A deployment of a service, as DescribeServiceDeployments shows it: with its rollback. */
export function presentServiceDeployment(
  owner: Owner,
  service: Service,
  deployment: ServiceDeployment,
): ecs.ServiceDeployment {
  const { before, failedTasks } = deployment;
  const rollback = rollbackOf(service, deployment);
  const { deploymentCircuitBreaker: breaker } = service.configuration;
  return {
    ...presentBrief(owner, service, deployment),
    targetServiceRevision: presentRevisionCounts(owner, service, deployment),
    sourceServiceRevisions: before === undefined ? [] : [presentRevisionCounts(owner, service, before)],
    updatedAt: deployment.updatedAt,
    deploymentConfiguration: service.configuration,
    ...(rollback === undefined
      ? {}
      : {
          rollback: {
            reason: deployment.rolloutReason,
            startedAt: rollback.createdAt,
            serviceRevisionArn: revisionArn(owner, service, rollback),
          },
        }),
    deploymentCircuitBreaker: {
      status:
        breaker?.enable !== true
          ? 'DISABLED'
          : deployment.rollout === 'FAILED'
            ? 'TRIGGERED'
            : deployment.finishedAt === undefined
              ? 'MONITORING'
              : 'MONITORING_COMPLETE',
      failureCount: failedTasks,
      threshold: breakerThreshold(service),
    },
  };
}

// The target's ARN is in another member of each of the two.
function presentBrief(owner: Owner, service: Service, deployment: ServiceDeployment) {
  const last = rollbackOf(service, deployment) ?? deployment;
  return {
    serviceDeploymentArn: serviceDeploymentArn(owner, service, deployment),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    createdAt: deployment.createdAt,
    startedAt: deployment.createdAt,
    finishedAt: last.finishedAt,
    status: serviceDeploymentStatus(service, deployment),
    statusReason: deployment.rolloutReason,
  };
}

export function presentServiceDeploymentBrief(
  owner: Owner,
  service: Service,
  deployment: ServiceDeployment,
): ecs.ServiceDeploymentBrief {
  return {
    ...presentBrief(owner, service, deployment),
    targetServiceRevisionArn: revisionArn(owner, service, deployment),
  };
}

/** The properties of a service that a deployment of it brings. */
export function presentRevision(owner: Owner, service: Service, deployment: ServiceDeployment): ecs.ServiceRevision {
  const { definition, request, createdAt } = deployment;
  return {
    serviceRevisionArn: revisionArn(owner, service, deployment),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: definition.arn,
    ...presentLaunch(request),
    ...platform,
    loadBalancers: [],
    serviceRegistries: [],
    networkConfiguration: request.networkConfiguration,
    containerImages: definition.containers.map(({ name, image }) => ({ containerName: name, image })),
    guardDutyEnabled: false,
    createdAt,
  };
}

/** A deployment that was replaced before its end is STOPPED. */
export function serviceDeploymentStatus(
  service: Service,
  deployment: ServiceDeployment,
): NonNullable<ecs.ServiceDeployment['status']> {
  const rollback = rollbackOf(service, deployment);
  if (rollback !== undefined)
    return rollback.rollout === 'COMPLETED'
      ? 'ROLLBACK_SUCCESSFUL'
      : rollback.finishedAt === undefined
        ? 'ROLLBACK_IN_PROGRESS'
        : 'ROLLBACK_FAILED';
  if (deployment.rollout === 'COMPLETED') return 'SUCCESSFUL';
  return deployment.finishedAt === undefined ? 'IN_PROGRESS' : 'STOPPED';
}

export function serviceDeploymentArn(owner: Owner, { name, cluster }: Service, { id }: ServiceDeployment): string {
  return arnOf(owner, 'service-deployment', cluster.name, name, id.replace('ecs-svc/', ''));
}

export function revisionArn(owner: Owner, { name, cluster }: Service, { revision }: ServiceDeployment): string {
  return arnOf(owner, 'service-revision', cluster.name, name, revision);
}

function presentRevisionCounts(
  owner: Owner,
  service: Service,
  deployment: ServiceDeployment,
): ecs.ServiceRevisionSummary {
  const { running, pending } = countTasks(service, deployment);
  return {
    arn: revisionArn(owner, service, deployment),
    requestedTaskCount: deployment.status === 'PRIMARY' ? service.desiredCount : 0,
    runningTaskCount: running,
    pendingTaskCount: pending,
  };
}

function rollbackOf({ history }: Service, deployment: ServiceDeployment): ServiceDeployment | undefined {
  return history.find(({ rollsBack }) => rollsBack === deployment);
}
