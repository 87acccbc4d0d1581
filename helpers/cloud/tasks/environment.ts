import type { Container, Task } from '../state.ts';
import type { Mount } from './volumes.ts';

/**
 * What a container's program finds in its environment: what its definition and the overrides of its run say, where it
 * is, and nothing else of what its owner has.
 *
 * Nothing can be mounted here, so that a value that is the path of a mount, or leads below it, becomes that of the real
 * folder: a program has to take its paths from its environment.
 */
export function environmentOf(task: Task, { definition }: Container, folder: string, mounts: readonly Mount[]): Record<string, string> {
  const override = task.overrides.containerOverrides?.find(({ name }) => name === definition.name);
  const told = [...(definition.environment ?? []), ...(override?.environment ?? [])].map(({ name = '', value = '' }): [string, string] => [name, realPath(value, mounts)]);
  return {
    PATH: process.env['PATH'] ?? '',
    TZ: process.env['TZ'] ?? 'UTC',
    HOME: folder,
    ECS_TASK_ARN: task.arn,
    ECS_CLUSTER: task.cluster.name,
    ...Object.fromEntries(told),
  };
}

function realPath(value: string, mounts: readonly Mount[]): string {
  const mount = mounts.find(({ containerPath }) => value === containerPath || value.startsWith(`${containerPath}/`));
  return mount === undefined ? value : mount.folder + value.slice(mount.containerPath.length);
}
