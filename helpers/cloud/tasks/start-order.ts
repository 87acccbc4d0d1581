import type { ContainerDefinition } from '@aws-sdk/client-ecs';

/**
 * Containers in the order in which they are started, each after those that it depends on; undefined when they depend on
 * each other in a circle.
 */
export function startOrder<Container>(
  containers: readonly Container[],
  definitionOf: (container: Container) => ContainerDefinition,
): Container[] | undefined {
  const order: Container[] = [];
  let waiting = [...containers];
  const isStarted = (wanted: string | undefined): boolean =>
    order.some((container) => definitionOf(container).name === wanted);
  while (waiting.length > 0) {
    const next = waiting.find((container) =>
      (definitionOf(container).dependsOn ?? []).every(({ containerName }) => isStarted(containerName)),
    );
    if (next === undefined) return undefined;
    order.push(next);
    waiting = waiting.filter((container) => container !== next);
  }
  return order;
}
