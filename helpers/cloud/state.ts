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

/** All that a control plane knows. It is kept in memory. */
export interface CloudState {
  readonly clusters: Map<string, Cluster>;
  /** Revisions by family, the oldest first: the place is the revision less one. */
  readonly families: Map<string, TaskDefinition[]>;
  /** What RunTask has answered to a client's token, the oldest first. */
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
  /** The service that it belongs to, and the deployment of it. */
  readonly service: { readonly name: string; readonly deployment: string } | undefined;
  readonly enableExecuteCommand: boolean;
  readonly tags: Tags;
  readonly createdAt: Date;
  /** When it got where it is, the present state last. */
  readonly history: { readonly status: TaskStatus; readonly at: Date }[];
  readonly moments: Partial<Record<TaskMoment, Date>>;
  desiredStatus: 'RUNNING' | 'STOPPED';
  version: number;
  stop: { readonly code: TaskStopCode; readonly reason: string } | undefined;
  /** Until when a scale-in spares it. */
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
  /** What it was created with, and what was updated since. */
  request: CreateServiceRequest;
  configuration: DeploymentConfiguration & { readonly minimumHealthyPercent: number; readonly maximumPercent: number };
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  /** The newest first. */
  deployments: ServiceDeployment[];
  /** The newest first. */
  readonly events: ServiceEvent[];
  isSteady: boolean;
  /** Starts in a row that have failed. */
  failedStarts: number;
  /** No task is started before. */
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

/** It has not begun to start, or has not finished. */
export function isPending(task: Task): boolean {
  return ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(statusOf(task));
}

export function isRunning(task: Task): boolean {
  return statusOf(task) === 'RUNNING';
}

export function tasksOf({ cluster, name }: Service): Task[] {
  return [...cluster.tasks.values()].filter(({ service }) => service?.name === name);
}

/** The deployment that a service is on its way to, or has reached. */
export function primaryOf({ deployments }: Service): ServiceDeployment {
  return deployments.find(({ status }) => status === 'PRIMARY')!;
}
