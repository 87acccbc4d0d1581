import { randomUUID } from 'node:crypto';
import { arnOf, digits, taskId } from '../arn.ts';
import type { CloudContext } from '../cloud-context.ts';
import type { Cluster, Task } from '../state.ts';
import { TaskLife } from './life.ts';

/** The properties of a new task. */
export interface TaskRequest extends Pick<
  Task,
  'definition' | 'group' | 'startedBy' | 'service' | 'enableExecuteCommand' | 'tags'
> {
  readonly overrides?: Task['overrides'];
}

/** Creates a task, which starts at once. */
export function createTask(context: CloudContext, cluster: Cluster, { overrides = {}, ...request }: TaskRequest): Task {
  const id = taskId();
  const now = context.parts.clock.now();
  const task: Task = {
    ...request,
    overrides,
    id,
    arn: arnOf(context, 'task', cluster.name, id),
    cluster,
    containers: request.definition.containers.map((definition) => ({
      definition,
      arn: arnOf(context, 'container', cluster.name, id, randomUUID()),
      runtimeId: `${id}-${digits(10)}`,
      status: 'PENDING',
      running: undefined,
      bindings: [],
      exitCode: undefined,
      reason: undefined,
    })),
    createdAt: now,
    history: [{ status: 'PROVISIONING', at: now }],
    moments: {},
    desiredStatus: 'RUNNING',
    version: 1,
    stop: undefined,
    protectedUntil: undefined,
  };
  cluster.tasks.set(id, task);
  context.lives.set(task, new TaskLife(task, context));
  return task;
}
