import type { Container, Task } from '../state.ts';

/**
 * What a container's program finds in its environment: what its definition and the overrides of its run say, and where
 * it is.
 */
export function environmentOf(task: Task, { definition }: Container): Record<string, string> {
  const override = task.overrides.containerOverrides?.find(({ name }) => name === definition.name);
  const told = [...(definition.environment ?? []), ...(override?.environment ?? [])].map(
    ({ name = '', value = '' }): [string, string] => [name, value],
  );
  return {
    TZ: process.env['TZ'] ?? 'UTC',
    ECS_TASK_ARN: task.arn,
    ECS_CLUSTER: task.cluster.name,
    ...Object.fromEntries(told),
  };
}
