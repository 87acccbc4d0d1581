import { Compatibility, NetworkMode, type RegisterTaskDefinitionRequest, type Volume } from '@aws-sdk/client-ecs';
import { CloudError } from '../errors.ts';
import type { Sizes } from '../sizes.ts';
import { checkEnum } from '../wire/enums.ts';
import { checkContainers } from './container-rules.ts';

const name = /^[a-zA-Z0-9_-]{1,255}$/;

/** @throws CloudError */
export function checkFamily(family: string | undefined): string {
  if (family === undefined || !name.test(family)) throw CloudError.client('Family contains invalid characters.');
  return family;
}

/** Checks a definition whose size is a normal one. @throws CloudError for what the service refuses. */
export function checkTaskDefinition(
  { containerDefinitions = [], volumes = [], ...request }: RegisterTaskDefinitionRequest,
  sizes: Sizes,
): void {
  checkEnum('networkMode', request.networkMode, NetworkMode);
  for (const one of request.requiresCompatibilities ?? []) checkEnum('requiresCompatibilities', one, Compatibility);
  checkVolumes(volumes);
  checkContainers(containerDefinitions, volumes);
  const ports = containerDefinitions.flatMap(({ portMappings = [] }) => portMappings);
  if (
    request.networkMode === 'awsvpc' &&
    ports.some(({ containerPort, hostPort }) => hostPort !== undefined && hostPort !== containerPort)
  )
    throw CloudError.client('When networkMode=awsvpc, the host ports and container ports in port mappings must match.');
  sizes.checkStorage(request.ephemeralStorage);
  if (request.requiresCompatibilities?.includes('FARGATE') === true) {
    if (request.networkMode !== 'awsvpc') throw CloudError.client('Fargate only supports network mode ‘awsvpc’.');
    sizes.checkFargate(request);
  }
  sizes.checkReserved(containerDefinitions, request);
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
