import type { Container, Task } from '../state.ts';
import { overrideOf } from './overrides.ts';

/** The environment of a container's program: from its definition, the run's overrides, and its location. */
export function environmentOf(task: Task, { definition }: Container): Record<string, string> {
  const told = [...(definition.environment ?? []), ...(overrideOf(task, definition)?.environment ?? [])].map(
    ({ name = '', value = '' }): [string, string] => [name, value],
  );
  return {
    TZ: process.env['TZ'] ?? 'UTC',
    ECS_TASK_ARN: task.arn,
    ECS_CLUSTER: task.cluster.name,
    ...Object.fromEntries(told),
  };
}
