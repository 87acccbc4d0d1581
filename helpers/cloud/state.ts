import type {
  CapacityProviderStrategyItem,
  ClusterSetting,
  ContainerDefinition,
  CreateServiceRequest,
  Deployment,
  DeploymentConfiguration,
  HealthStatus,
  RegisterTaskDefinitionRequest,
  ServiceEvent,
  TaskOverride,
  TaskStopCode,
} from '@aws-sdk/client-ecs';
import type { Tags } from './tags.ts';
import type { Binding, RunningContainer } from './tasks/runner.ts';

/** The state of a control plane, kept in memory. */
export interface CloudState {
  readonly clusters: Map<string, Cluster>;
  /** Revisions by family, the oldest first: revision n is at index n - 1. */
  readonly families: Map<string, TaskDefinition[]>;
  /** Answers of RunTask by the client's token, the oldest first. */
  readonly runs: Map<string, { readonly request: string; readonly tasks: readonly Task[]; readonly at: Date }>;
  /** How many clusters, services and tasks have been made. */
  made: number;
}

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  /** Its place among all that was made. */
  readonly order: number;
  readonly tags: Tags;
  readonly settings: Map<NonNullable<ClusterSetting['name']>, string>;
  capacityProviders: readonly string[];
  defaultStrategy: readonly CapacityProviderStrategyItem[];
  status: 'ACTIVE' | 'INACTIVE';
  readonly services: Map<string, Service>;
  /** By id, the oldest first. */
  readonly tasks: Map<string, Task>;
}

export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly request: RegisterTaskDefinitionRequest;
  readonly containers: readonly ContainerDefinition[];
  readonly tags: Tags;
  readonly registeredAt: Date;
  deregisteredAt: Date | undefined;
  deleteRequestedAt: Date | undefined;
}

/** How a task gets its capacity: by a launch type, or from a capacity provider. */
export type Launch = { readonly launchType: 'FARGATE' } | { readonly capacityProviderName: string };

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

type TaskMoment =
  | 'connectivityAt'
  | 'pullStartedAt'
  | 'pullStoppedAt'
  | 'startedAt'
  | 'stoppingAt'
  | 'executionStoppedAt'
  | 'stoppedAt';

export interface Task {
  readonly id: string;
  readonly arn: string;
  /** Its place among all that was made. */
  readonly order: number;
  readonly launch: Launch;
  readonly network: TaskNetwork;
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly containers: readonly Container[];
  readonly overrides: TaskOverride;
  readonly group: string;
  readonly startedBy: string | undefined;
  /** Its service, and the service's deployment that started it. */
  readonly service: { readonly name: string; readonly deployment: string } | undefined;
  readonly enableExecuteCommand: boolean;
  readonly tags: Tags;
  readonly createdAt: Date;
  /** Its states with their times, the current one last. */
  readonly history: { readonly status: TaskStatus; readonly at: Date }[];
  readonly moments: Partial<Record<TaskMoment, Date>>;
  desiredStatus: 'RUNNING' | 'STOPPED';
  version: number;
  stop: { readonly code: TaskStopCode; readonly reason: string } | undefined;
  /** Until when scaling in spares it. */
  protectedUntil: Date | undefined;
}

/** A task's network interface in its awsvpc network. */
export interface TaskNetwork {
  readonly attachmentId: string;
  readonly interfaceId: string;
  readonly macAddress: string;
  readonly subnet: string;
}

export interface Container {
  readonly definition: ContainerDefinition;
  readonly arn: string;
  readonly runtimeId: string;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  running: RunningContainer | undefined;
  bindings: readonly Binding[];
  health: HealthStatus;
  exitCode: number | undefined;
  reason: string | undefined;
}

export interface Service {
  readonly name: string;
  readonly arn: string;
  /** Its place among all that was made. */
  readonly order: number;
  readonly cluster: Cluster;
  readonly createdAt: Date;
  readonly tags: Tags;
  /** The request that created it. */
  readonly wanted: CreateServiceRequest;
  /** The same with later updates, and with the strategy that it has from its cluster. */
  request: CreateServiceRequest;
  configuration: DeploymentConfiguration & { readonly minimumHealthyPercent: number; readonly maximumPercent: number };
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  /** Those under way and the one that is reached, the newest first. */
  deployments: ServiceDeployment[];
  /** All deployments that there were, the oldest first. */
  readonly history: ServiceDeployment[];
  /** The newest first. */
  readonly events: ServiceEvent[];
  isSteady: boolean;
  /** Failed starts in a row. */
  failedStarts: number;
  /** No task is started before this time. */
  notBefore: Date | undefined;
}

export interface ServiceDeployment {
  readonly id: string;
  readonly definition: TaskDefinition;
  /** Identifies the service's properties that it deploys. */
  readonly revision: string;
  /** The service's properties that it deploys. */
  readonly request: CreateServiceRequest;
  /** The deployment that it replaces. */
  readonly before: ServiceDeployment | undefined;
  /** The failed deployment that it takes back to the one before. */
  readonly rollsBack: ServiceDeployment | undefined;
  readonly createdAt: Date;
  updatedAt: Date;
  status: 'PRIMARY' | 'ACTIVE';
  rollout: NonNullable<Deployment['rolloutState']>;
  rolloutReason: string;
  failedTasks: number;
  finishedAt: Date | undefined;
  /** Whether it was told that no task can be started or stopped. */
  isStuck: boolean;
}

export function statusOf(task: Task): TaskStatus {
  return task.history.at(-1)!.status;
}

/** Whether it has not started completely. */
export function isPending(task: Task): boolean {
  return ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(statusOf(task));
}

export function isRunning(task: Task): boolean {
  return statusOf(task) === 'RUNNING';
}

/** The health of its essential containers, as far as it is checked. */
export function healthOf({ containers }: Task): HealthStatus {
  const essential = containers.filter(({ definition }) => definition.essential !== false);
  const worst = (['UNHEALTHY', 'UNKNOWN'] as const).find((state) => essential.some(({ health }) => health === state));
  return worst ?? 'HEALTHY';
}

/** Whether a service counts on it: it runs, and its health checks, if it has any, have succeeded. */
export function isServing(task: Task): boolean {
  const checked = task.containers.filter(
    ({ definition: { essential, healthCheck } }) => essential !== false && healthCheck !== undefined,
  );
  return isRunning(task) && checked.every(({ health }) => health === 'HEALTHY');
}

export function tasksOf({ cluster, name }: Service): Task[] {
  return [...cluster.tasks.values()].filter(({ service }) => service?.name === name);
}

/** The deployment that a service aims for or has reached. */
export function primaryOf({ deployments }: Service): ServiceDeployment {
  return deployments.find(({ status }) => status === 'PRIMARY')!;
}
