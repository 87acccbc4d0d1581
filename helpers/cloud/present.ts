import type * as ecs from '@aws-sdk/client-ecs';
import { countTasks } from './services/deployments.ts';
import {
  isPending,
  isRunning,
  primaryOf,
  statusOf,
  type Cluster,
  type Container,
  type Service,
  type ServiceDeployment,
  type Task,
  type TaskDefinition,
} from './state.ts';
import { showTags } from './tags.ts';

/** What a description includes: tags only on request. */
export interface Presentation {
  readonly tags: boolean;
}

const platform = { platformVersion: '1.4.0', platformFamily: 'Linux' } as const;

export function presentCluster(cluster: Cluster, { tags }: Presentation): ecs.Cluster {
  const tasks = [...cluster.tasks.values()];
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(isRunning).length,
    pendingTasksCount: tasks.filter(isPending).length,
    activeServicesCount: [...cluster.services.values()].filter(({ status }) => status === 'ACTIVE').length,
    statistics: [],
    tags: tags ? showTags(cluster.tags) : [],
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  };
}

export function presentDefinition({
  arn,
  family,
  revision,
  request,
  containers,
  registeredAt,
  deregisteredAt,
}: TaskDefinition): ecs.TaskDefinition {
  const { tags: _, family: __, containerDefinitions: ___, ...rest } = request;
  return {
    volumes: [],
    placementConstraints: [],
    ...rest,
    taskDefinitionArn: arn,
    family,
    revision,
    containerDefinitions: [...containers],
    status: deregisteredAt === undefined ? 'ACTIVE' : 'INACTIVE',
    compatibilities: [
      'EC2',
      ...(request.requiresCompatibilities?.includes('FARGATE') === true ? (['FARGATE'] as const) : []),
    ],
    registeredAt,
    deregisteredAt,
  };
}

export function presentTask(task: Task, { tags }: Presentation): ecs.Task {
  const { definition, overrides, stop, moments } = task;
  return {
    attachments: [],
    attributes: [],
    clusterArn: task.cluster.arn,
    ...(moments.connectivityAt === undefined ? {} : { connectivity: 'CONNECTED' }),
    containers: task.containers.map((container) => presentContainer(task, container)),
    cpu: overrides.cpu ?? definition.request.cpu,
    memory: overrides.memory ?? definition.request.memory,
    createdAt: task.createdAt,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: {
      sizeInGiB: overrides.ephemeralStorage?.sizeInGiB ?? definition.request.ephemeralStorage?.sizeInGiB ?? 20,
    },
    group: task.group,
    healthStatus: 'UNKNOWN',
    inferenceAccelerators: [],
    lastStatus: statusOf(task),
    launchType: 'FARGATE',
    overrides: {
      inferenceAcceleratorOverrides: [],
      ...overrides,
      containerOverrides: overrides.containerOverrides ?? definition.containers.map(({ name }) => ({ name })),
    },
    ...platform,
    startedBy: task.startedBy,
    stopCode: stop?.code,
    stoppedReason: stop?.reason,
    tags: tags ? showTags(task.tags) : [],
    taskArn: task.arn,
    taskDefinitionArn: definition.arn,
    version: task.version,
    ...moments,
  };
}

function presentContainer(
  task: Task,
  { definition, arn, runtimeId, status, exitCode, reason, bindings }: Container,
): ecs.Container {
  return {
    containerArn: arn,
    taskArn: task.arn,
    name: definition.name,
    image: definition.image,
    runtimeId,
    lastStatus: status,
    exitCode,
    reason,
    networkBindings: bindings.map(({ containerPort, hostPort }) => ({
      bindIP: '127.0.0.1',
      containerPort,
      hostPort,
      protocol: 'tcp',
    })),
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(definition.cpu ?? 0),
    memory: definition.memory === undefined ? undefined : String(definition.memory),
    memoryReservation: definition.memoryReservation === undefined ? undefined : String(definition.memoryReservation),
    ...(task.enableExecuteCommand
      ? { managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: status, lastStartedAt: task.moments.startedAt }] }
      : {}),
  };
}

export function presentService(service: Service, { tags }: Presentation): ecs.Service {
  const { request } = service;
  const { running, pending } = countTasks(service);
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    loadBalancers: request.loadBalancers ?? [],
    serviceRegistries: request.serviceRegistries ?? [],
    status: service.status,
    desiredCount: service.status === 'ACTIVE' ? service.desiredCount : 0,
    runningCount: running,
    pendingCount: pending,
    launchType: 'FARGATE',
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
    deploymentController: { type: 'ECS' },
    tags: tags ? showTags(service.tags) : [],
    enableECSManagedTags: request.enableECSManagedTags ?? false,
    propagateTags: request.propagateTags ?? 'NONE',
    enableExecuteCommand: request.enableExecuteCommand ?? false,
  };
}

function presentDeployment(service: Service, deployment: ServiceDeployment): ecs.Deployment {
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
    launchType: 'FARGATE',
    ...platform,
    networkConfiguration: service.request.networkConfiguration,
    rolloutState: deployment.rollout,
    rolloutStateReason: deployment.rolloutReason,
  };
}
