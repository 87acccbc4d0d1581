import type { ContainerDefinition, ContainerOverride, TaskOverride } from '@aws-sdk/client-ecs';

/** What a run changes of a container. */
export function overrideOf(
  { overrides }: { readonly overrides: TaskOverride },
  { name }: Pick<ContainerDefinition, 'name'>,
): ContainerOverride | undefined {
  return overrides.containerOverrides?.find((override) => override.name === name);
}

/** What a container reserves of its task's size, in units and MiB. */
export function reservedBy(
  task: { readonly overrides: TaskOverride },
  definition: ContainerDefinition,
): Pick<ContainerDefinition, 'name' | 'cpu' | 'memory' | 'memoryReservation'> {
  const { cpu, memory, memoryReservation } = overrideOf(task, definition) ?? {};
  return {
    name: definition.name,
    cpu: cpu ?? definition.cpu,
    memory: memory ?? definition.memory,
    memoryReservation: memoryReservation ?? definition.memoryReservation,
  };
}
