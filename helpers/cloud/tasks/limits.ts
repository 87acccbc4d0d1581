import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Task } from '../state.ts';
import { reservedBy } from './overrides.ts';
import type { Limits } from './runner.ts';

const mebibyte = 1024 * 1024;
/** Units of a vCPU. */
const units = 1024;

/** The limits of a container: its own memory, or else its task's, and its task's CPU. */
export function limitsOf(
  task: Pick<Task, 'overrides' | 'definition'>,
  container: Pick<ContainerDefinition, 'name' | 'memory'>,
): Limits {
  const { cpu, memory: whole } = { ...task.definition.request, ...task.overrides };
  const memory = reservedBy(task, container).memory ?? whole;
  return {
    memory: memory === undefined ? undefined : Number(memory) * mebibyte,
    cpu: cpu === undefined ? undefined : Number(cpu) / units,
  };
}
