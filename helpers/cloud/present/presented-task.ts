import type * as ecs from '@aws-sdk/client-ecs';
import { healthOf, statusOf, type Container, type Task } from '../state.ts';
import { showTags } from '../tags.ts';
import { reservedBy } from '../tasks/overrides.ts';

/** What a description includes: tags only on request. */
export interface Presentation {
  readonly tags: boolean;
}

/** Of every container. */
const address = '127.0.0.1';
export const platform = { platformVersion: '1.4.0', platformFamily: 'Linux' } as const;

export function presentTask(task: Task, { tags }: Presentation): ecs.Task {
  const { definition, overrides, stop, moments } = task;
  return {
    attachments: [presentAttachment(task)],
    attributes: [],
    availabilityZone: zoneOf(task.arn),
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
    healthStatus: healthOf(task),
    inferenceAccelerators: [],
    lastStatus: statusOf(task),
    ...task.launch,
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

/** Where the region's only availability zone is. */
function zoneOf(arn: string): string {
  return `${arn.split(':')[3]}a`;
}

/** Attached from the time when the task is connected until it has stopped. */
function presentAttachment(task: Task): ecs.Attachment {
  const { attachmentId, interfaceId, macAddress, subnet } = task.network;
  const status = statusOf(task);
  return {
    id: attachmentId,
    type: 'ElasticNetworkInterface',
    status: status === 'PROVISIONING' ? 'PRECREATED' : status === 'STOPPED' ? 'DELETED' : 'ATTACHED',
    details: [
      { name: 'subnetId', value: subnet },
      { name: 'networkInterfaceId', value: interfaceId },
      { name: 'macAddress', value: macAddress },
      { name: 'privateDnsName', value: 'localhost' },
      { name: 'privateIPv4Address', value: address },
    ],
  };
}

function presentContainer(
  task: Task,
  { definition, arn, runtimeId, status, exitCode, reason, bindings, health }: Container,
): ecs.Container {
  const { cpu = 0, memory, memoryReservation } = reservedBy(task, definition);
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
      bindIP: address,
      containerPort,
      hostPort,
      protocol: 'tcp',
    })),
    networkInterfaces: [{ attachmentId: task.network.attachmentId, privateIpv4Address: address }],
    healthStatus: health,
    cpu: String(cpu),
    memory: memory === undefined ? undefined : String(memory),
    memoryReservation: memoryReservation === undefined ? undefined : String(memoryReservation),
    ...(task.enableExecuteCommand
      ? { managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: status, lastStartedAt: task.moments.startedAt }] }
      : {}),
  };
}
