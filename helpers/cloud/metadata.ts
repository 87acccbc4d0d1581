import type { Owner } from './arn.ts';
import type { Container, Task } from './state.ts';
import { statusOf } from './state.ts';
import { reservedBy } from './tasks/overrides.ts';

/** Finds what a container may learn about itself and its task. */
export interface Metadata {
  /** The running container with this id, of all that there are. */
  find(runtimeId: string, tasks: Iterable<Task>): { readonly task: Task; readonly container: Container } | undefined;
}

export const metadata: Metadata = {
  find(runtimeId, tasks) {
    for (const task of tasks) {
      const container = task.containers.find((one) => one.runtimeId === runtimeId && one.status !== 'STOPPED');
      if (container !== undefined) return { task, container };
    }
    return undefined;
  },
};

/** The path of a container's metadata, which its id keeps secret. */
export function metadataPath({ runtimeId }: Pick<Container, 'runtimeId'>): string {
  return `/v4/${runtimeId}`;
}

/**
 * What is at a path below {@link metadataPath}: the container, `/task`, `/stats` or `/task/stats`; undefined when there
 * is nothing. See "Amazon ECS task metadata endpoint version 4 for tasks on Fargate".
 */
export async function metadataAt(
  path: string,
  tasks: Iterable<Task>,
  { find, ...owner }: Owner & Metadata,
): Promise<unknown> {
  const [, id = '', what = ''] = /^\/v4\/([^/]+)(\/task|\/stats|\/task\/stats)?$/.exec(path) ?? [];
  const found = find(id, tasks);
  if (found === undefined) return undefined;
  const { task, container } = found;
  if (what === '/task') return describeTask(task, owner);
  if (what === '/stats') return statsOf(container);
  if (what === '') return describeContainer(task, container);
  const stats = task.containers.map(async (one) => [one.runtimeId, await statsOf(one)] as const);
  return Object.fromEntries(await Promise.all(stats));
}

/** Null while there are none, as on the service. */
async function statsOf({ running }: Container): Promise<object | null> {
  return (await running?.stats()) ?? null;
}

function describeTask(task: Task, { region }: Owner): object {
  const { cluster, definition, overrides, moments, service } = task;
  return {
    Cluster: cluster.arn,
    TaskARN: task.arn,
    Family: definition.family,
    Revision: String(definition.revision),
    ...(service === undefined ? {} : { ServiceName: service.name }),
    DesiredStatus: task.desiredStatus,
    KnownStatus: statusOf(task),
    Limits: {
      CPU: Number(overrides.cpu ?? definition.request.cpu) / 1024,
      Memory: Number(overrides.memory ?? definition.request.memory),
    },
    PullStartedAt: moments.pullStartedAt,
    PullStoppedAt: moments.pullStoppedAt,
    AvailabilityZone: `${region}a`,
    LaunchType: 'FARGATE',
    Containers: task.containers.map((container) => describeContainer(task, container)),
  };
}

function describeContainer(task: Task, container: Container): object {
  const { definition, arn, runtimeId, status, exitCode, health } = container;
  const { cpu = 0, memory } = reservedBy(task, definition);
  return {
    DockerId: runtimeId,
    Name: definition.name,
    DockerName: definition.name,
    Image: definition.image,
    Labels: {
      'com.amazonaws.ecs.cluster': task.cluster.arn,
      'com.amazonaws.ecs.container-name': definition.name,
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.task-definition-family': task.definition.family,
      'com.amazonaws.ecs.task-definition-version': String(task.definition.revision),
      ...definition.dockerLabels,
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: status,
    ...(exitCode === undefined ? {} : { ExitCode: exitCode }),
    Limits: { CPU: cpu, ...(memory === undefined ? {} : { Memory: memory }) },
    CreatedAt: task.createdAt,
    StartedAt: task.moments.startedAt,
    Type: 'NORMAL',
    ...(definition.healthCheck === undefined ? {} : { Health: { status: health } }),
    Networks: [
      {
        NetworkMode: 'awsvpc',
        IPv4Addresses: ['127.0.0.1'],
        AttachmentIndex: 0,
        MACAddress: task.network.macAddress,
        PrivateDNSName: 'localhost',
      },
    ],
    ContainerARN: arn,
  };
}
