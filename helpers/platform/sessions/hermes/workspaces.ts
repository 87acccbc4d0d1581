import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  InvalidParameterException,
  paginateListTasks,
  TagResourceCommand,
  type Task,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import { inBatches } from '../../../lib/batches.ts';
import type { SessionConfiguration } from '../configuration.ts';

/** A task of the workspaces' service. */
export interface WorkspaceTask {
  readonly arn: string;
  /** Its address, once it runs. */
  readonly address: string | undefined;
  readonly isStopped: boolean;
  /** Whether it was asked to stop. */
  readonly isLeaving: boolean;
}

/** Milliseconds. Without these limits the SDK, and with it Hermes, could wait for ever. */
const deadlines = { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
/** The most tasks that one request may describe. */
const describedAtOnce = 100;
/** Minutes; the longest time for which ECS protects a task. */
const longestProtection = 2_880;

/** The service whose tasks are workspaces, and its tasks. */
export interface Workspaces {
  /** Its desired count. */
  desired(): Promise<number>;
  scale(desired: number): Promise<void>;
  /** Its tasks, and those with these names, which may have stopped. */
  list(known: readonly string[]): Promise<WorkspaceTask[]>;
  /** Tags a task with its session, and protects it from scaling in. */
  claim(task: string, session: string): Promise<void>;
  /** Removes the protection. */
  release(task: string): Promise<void>;
}

/** By the AWS SDK, for the real service or a compatible one. */
export function workspaces({
  endpoint,
  region,
  credentials,
  cluster,
  service,
  containerPort,
}: SessionConfiguration['cloud']): Workspaces {
  const ecs = new ECSClient({
    region,
    requestHandler: deadlines,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return {
    async desired() {
      const { services = [], failures = [] } = await ecs.send(
        new DescribeServicesCommand({ cluster, services: [service] }),
      );
      const [found] = services;
      if (found === undefined)
        throw new Error(`There is no service ${service}: ${failures[0]?.reason ?? 'nothing was answered'}`);
      return found.desiredCount ?? 0;
    },

    async scale(desired) {
      await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: desired }));
    },

    async list(known) {
      const arns = new Set(known);
      for await (const { taskArns = [] } of paginateListTasks({ client: ecs }, { cluster, serviceName: service }))
        for (const arn of taskArns) arns.add(arn);
      const tasks = await inBatches([...arns], describedAtOnce, async (batch) => {
        const { tasks: found = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: batch }));
        return found;
      });
      return tasks.map((task) => ({
        arn: task.taskArn!,
        address: task.lastStatus === 'RUNNING' ? addressOf(task, containerPort) : undefined,
        isStopped: task.lastStatus === 'STOPPED',
        isLeaving: task.desiredStatus === 'STOPPED',
      }));
    },

    async claim(task, session) {
      await protect(task, true);
      await tag(task, session);
    },

    release: (task) => protect(task, false),
  };

  async function tag(task: string, session: string): Promise<void> {
    try {
      await ecs.send(new TagResourceCommand({ resourceArn: task, tags: [{ key: 'session', value: session }] }));
    } catch (error) {
      // A stopped task takes no tags; the next pass notices it.
      if (!(error instanceof InvalidParameterException)) throw error;
    }
  }

  async function protect(task: string, protectionEnabled: boolean): Promise<void> {
    const { failures = [] } = await ecs.send(
      new UpdateTaskProtectionCommand({
        cluster,
        tasks: [task],
        protectionEnabled,
        ...(protectionEnabled ? { expiresInMinutes: longestProtection } : {}),
      }),
    );
    // A stopped task needs no protection; the next pass notices it.
    const failure = failures.find(({ reason }) => reason !== 'MISSING' && reason !== 'TASK_NOT_VALID');
    if (failure !== undefined) throw new Error(`Task ${task} cannot be protected: ${failure.reason}`);
  }
}

/** The address of the host's port for the container, or of the task's own network interface. */
function addressOf({ containers = [], attachments = [] }: Task, containerPort: number): string | undefined {
  for (const { networkBindings = [] } of containers) {
    const binding = networkBindings.find((one) => one.containerPort === containerPort);
    if (binding !== undefined)
      return `http://${binding.bindIP === '0.0.0.0' ? '127.0.0.1' : binding.bindIP}:${binding.hostPort}`;
  }
  const ip = attachments
    .flatMap(({ details = [] }) => details)
    .find(({ name }) => name === 'privateIPv4Address')?.value;
  return ip === undefined ? undefined : `http://${ip}:${containerPort}`;
}
