import type {
  ContainerDefinition,
  CreateServiceRequest,
  Deployment,
  DeploymentConfiguration,
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
}

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  readonly tags: Tags;
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
}

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

export interface Container {
  readonly definition: ContainerDefinition;
  readonly arn: string;
  readonly runtimeId: string;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  running: RunningContainer | undefined;
  bindings: readonly Binding[];
  exitCode: number | undefined;
  reason: string | undefined;
}

export interface Service {
  readonly name: string;
  readonly arn: string;
  readonly cluster: Cluster;
  readonly createdAt: Date;
  readonly tags: Tags;
  /** The request that created it, with later updates. */
  request: CreateServiceRequest;
  configuration: DeploymentConfiguration & { readonly minimumHealthyPercent: number; readonly maximumPercent: number };
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  /** The newest first. */
  deployments: ServiceDeployment[];
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
  readonly createdAt: Date;
  updatedAt: Date;
  status: 'PRIMARY' | 'ACTIVE';
  rollout: NonNullable<Deployment['rolloutState']>;
  rolloutReason: string;
  failedTasks: number;
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

export function tasksOf({ cluster, name }: Service): Task[] {
  return [...cluster.tasks.values()].filter(({ service }) => service?.name === name);
}

/** The deployment that a service aims for or has reached. */
export function primaryOf({ deployments }: Service): ServiceDeployment {
  return deployments.find(({ status }) => status === 'PRIMARY')!;
}
