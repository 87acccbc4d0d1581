import { ContainerCondition, type ContainerDefinition, type HealthCheck, type Volume } from '@aws-sdk/client-ecs';
import { CloudError } from '../errors.ts';
import { startOrder } from '../tasks/start-order.ts';
import { checkEnum } from '../wire/enums.ts';

const containerName = /^[a-zA-Z0-9_-]{1,255}$/;
const longestTimeout = 120;

/** @throws CloudError for what the service refuses. */
export function checkContainers(containers: readonly ContainerDefinition[], volumes: readonly Volume[]): void {
  if (containers.length === 0) throw CloudError.client('Container list cannot be empty.');
  for (const container of containers) checkContainer(container, volumes);
  const names = containers.map(({ name }) => name);
  if (new Set(names).size < names.length) throw CloudError.client('Container names must be unique.');
  if (containers.every(({ essential }) => essential === false))
    throw CloudError.client('At least one container must be marked essential.');
  checkDependencies(containers);
}

function checkContainer({ name, image, ...container }: ContainerDefinition, volumes: readonly Volume[]): void {
  if (name === undefined || !containerName.test(name))
    throw CloudError.client('Container.name contains invalid characters.');
  if (image === undefined || image === '') throw CloudError.client('Container.image should not be null or empty.');
  for (const { containerPort = 0 } of container.portMappings ?? []) {
    if (containerPort < 1 || containerPort > 65_535)
      throw CloudError.client('Container port must be between 1 and 65535.');
  }
  for (const { sourceVolume = '', containerPath = '' } of container.mountPoints ?? []) {
    if (!volumes.some((volume) => volume.name === sourceVolume))
      throw CloudError.client(`Unknown volume '${sourceVolume}'.`);
    if (!containerPath.startsWith('/')) throw CloudError.client('The containerPath of a mount point must be absolute.');
  }
  for (const { name: variable = '' } of container.environment ?? [])
    if (variable === '') throw CloudError.client('The name of an environment variable should not be empty.');
  checkRange('stopTimeout', container.stopTimeout, 0, longestTimeout);
  checkRange('startTimeout', container.startTimeout, 2, longestTimeout);
  if (container.healthCheck !== undefined) checkHealthCheck(container.healthCheck);
}

function checkHealthCheck({ command = [], interval, timeout, retries, startPeriod }: HealthCheck): void {
  if (!['CMD', 'CMD-SHELL'].includes(command[0] ?? '') || command.length < 2)
    throw CloudError.client('The command of a health check must begin with CMD or CMD-SHELL.');
  checkRange('healthCheck.interval', interval, 5, 300);
  checkRange('healthCheck.timeout', timeout, 2, 60);
  checkRange('healthCheck.retries', retries, 1, 10);
  checkRange('healthCheck.startPeriod', startPeriod, 0, 300);
}

function checkDependencies(containers: readonly ContainerDefinition[]): void {
  for (const { dependsOn = [] } of containers) {
    for (const { containerName: wanted, condition } of dependsOn) {
      checkEnum('condition', condition, ContainerCondition);
      const other = containers.find(({ name }) => name === wanted);
      if (other === undefined) throw CloudError.client(`dependsOn names the container '${wanted}', which is unknown.`);
      if ((condition === 'COMPLETE' || condition === 'SUCCESS') && other.essential !== false)
        throw CloudError.client(`The condition ${condition} cannot be set on the essential container '${wanted}'.`);
      if (condition === 'HEALTHY' && other.healthCheck === undefined)
        throw CloudError.client(`The container '${wanted}' has no health check.`);
    }
  }
  if (startOrder(containers, (container) => container) === undefined)
    throw CloudError.client('Containers depend on each other in a circle.');
}

function checkRange(member: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(value >= least && value <= most))
    throw CloudError.client(`${member} must be between ${least} and ${most}.`);
}
