import type { ContainerDefinition, RegisterTaskDefinitionRequest, Volume } from '@aws-sdk/client-ecs';
import { CloudError } from '../errors.ts';

const name = /^[a-zA-Z0-9_-]{1,255}$/;

/** Memory in MiB that Fargate allows for each amount of CPU units: the least, the most, and the step. */
const fargateSizes: Readonly<Record<string, readonly [least: number, most: number, step: number]>> = {
  256: [512, 2048, 512], // 1,536 is not allowed
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};

/**
 * Options that the service has and this control plane does not: refusing them is better than ignoring them. Health
 * checks are ignored, since the service also allows tasks whose health is UNKNOWN.
 */
const notProvided = [
  'secrets',
  'environmentFiles',
  'entryPoint',
  'dependsOn',
  'links',
  'restartPolicy',
  'workingDirectory',
  'volumesFrom',
] as const;

/** @throws CloudError */
export function checkFamily(family: string | undefined): string {
  if (family === undefined || !name.test(family)) throw CloudError.client('Family contains invalid characters.');
  return family;
}

/** @throws CloudError for what the service refuses, and for what is not provided here. */
export function checkTaskDefinition({
  containerDefinitions = [],
  volumes = [],
  ...request
}: RegisterTaskDefinitionRequest): void {
  if (containerDefinitions.length === 0) throw CloudError.client('Container list cannot be empty.');
  checkVolumes(volumes);
  for (const container of containerDefinitions) checkContainer(container, volumes);
  const names = containerDefinitions.map((container) => container.name);
  if (new Set(names).size < names.length) throw CloudError.client('Container names must be unique.');
  if (containerDefinitions.every(({ essential }) => essential === false))
    throw CloudError.client('At least one container must be marked essential.');
  if (request.requiresCompatibilities?.includes('FARGATE') === true) checkFargate(request);
}

function checkContainer(container: ContainerDefinition, volumes: readonly Volume[]): void {
  if (container.name === undefined || !name.test(container.name))
    throw CloudError.client('Container.name contains invalid characters.');
  if (container.image === undefined || container.image === '')
    throw CloudError.client('Container.image should not be null or empty.');
  const asked = notProvided.find(
    (member) => container[member] !== undefined && Object.keys(container[member]).length > 0,
  );
  if (asked !== undefined) throw CloudError.client(`This control plane does not provide ${asked} of a container.`);
  for (const { containerPort = 0, protocol = 'tcp' } of container.portMappings ?? []) {
    if (containerPort < 1 || containerPort > 65_535)
      throw CloudError.client('Container port must be between 1 and 65535.');
    if (protocol !== 'tcp') throw CloudError.client(`This control plane does not provide ports of ${protocol}.`);
  }
  for (const { sourceVolume = '', containerPath = '' } of container.mountPoints ?? []) {
    if (!volumes.some((volume) => volume.name === sourceVolume))
      throw CloudError.client(`Unknown volume '${sourceVolume}'.`);
    if (!containerPath.startsWith('/')) throw CloudError.client('The containerPath of a mount point must be absolute.');
  }
  const { stopTimeout } = container;
  if (stopTimeout !== undefined && (stopTimeout < 0 || stopTimeout > 120))
    throw CloudError.client('stopTimeout must be between 0 and 120 seconds.');
}

/** Restricted, because names become folders. */
function checkVolumes(volumes: readonly Volume[]): void {
  for (const volume of volumes) {
    const { efsVolumeConfiguration: efs } = volume;
    if (!name.test(volume.name ?? '')) throw CloudError.client('Volume.name contains invalid characters.');
    if (efs !== undefined && !name.test(efs.fileSystemId ?? ''))
      throw CloudError.client(`Invalid File System ID ${efs.fileSystemId}.`);
  }
}

function checkFargate({
  networkMode,
  cpu,
  memory,
}: Pick<RegisterTaskDefinitionRequest, 'networkMode' | 'cpu' | 'memory'>): void {
  if (networkMode !== 'awsvpc') throw CloudError.client('Fargate only supports network mode ‘awsvpc’.');
  const [least, most, step] = fargateSizes[cpu ?? ''] ?? [0, -1, 1];
  const size = Number(memory);
  if (size < least || size > most || (size - least) % step !== 0 || (cpu === '256' && size === 1536))
    throw CloudError.client('No Fargate configuration exists for given values.');
}
