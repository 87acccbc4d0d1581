import type { Deployment, Service as Presented } from '@aws-sdk/client-ecs';
import { countTasks } from '../services/deployments.ts';
import { primaryOf, type Service, type ServiceDeployment } from '../state.ts';
import { showTags } from '../tags.ts';
import { presentLaunch } from './capacity.ts';
import { platform, type Presentation } from './presented-task.ts';

export function presentService(service: Service, { tags }: Presentation): Presented {
  const { request } = service;
  const { running, pending } = countTasks(service);
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    loadBalancers: [],
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.status === 'ACTIVE' ? service.desiredCount : 0,
    runningCount: running,
    pendingCount: pending,
    ...presentLaunch(request),
    ...platform,
    taskDefinition: primaryOf(service).definition.arn,
    deploymentConfiguration: service.configuration,
    deployments:
      service.status === 'INACTIVE'
        ? []
        : service.deployments.map((deployment) => presentDeployment(service, deployment)),
    events: service.events,
    createdAt: service.createdAt,
    placementConstraints: [],
    placementStrategy: [],
    networkConfiguration: request.networkConfiguration,
    schedulingStrategy: 'REPLICA',
    healthCheckGracePeriodSeconds: request.healthCheckGracePeriodSeconds,
    availabilityZoneRebalancing: request.availabilityZoneRebalancing ?? 'DISABLED',
    deploymentController: { type: 'ECS' },
    tags: tags ? showTags(service.tags) : [],
    enableECSManagedTags: request.enableECSManagedTags ?? false,
    propagateTags: request.propagateTags ?? 'NONE',
    enableExecuteCommand: request.enableExecuteCommand ?? false,
  };
}

function presentDeployment(service: Service, deployment: ServiceDeployment): Deployment {
  const { running, pending } = countTasks(service, deployment);
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.definition.arn,
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : 0,
    pendingCount: pending,
    runningCount: running,
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    ...presentLaunch(deployment.request),
    ...platform,
    networkConfiguration: deployment.request.networkConfiguration,
    rolloutState: deployment.rollout,
    rolloutStateReason: deployment.rolloutReason,
  };
}
