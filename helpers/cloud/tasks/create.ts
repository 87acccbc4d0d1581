import { randomBytes, randomUUID } from 'node:crypto';
import { arnOf, digits, taskId } from '../arn.ts';
import type { CloudContext } from '../cloud-context.ts';
import type { Cluster, Task } from '../state.ts';
import { TaskLife } from './life.ts';

/** The properties of a new task. */
export interface TaskRequest extends Pick<
  Task,
  'definition' | 'group' | 'launch' | 'startedBy' | 'service' | 'enableExecuteCommand' | 'tags'
> {
  readonly overrides?: Task['overrides'];
  /** One of them gets the task's network interface. */
  readonly subnets: readonly string[];
}

/** Creates a task, which starts at once. */
export function createTask(
  context: CloudContext,
  cluster: Cluster,
  { overrides = {}, subnets, ...request }: TaskRequest,
): Task {
  const id = taskId();
  const now = context.parts.clock.now();
  const task: Task = {
    ...request,
    overrides,
    id,
    arn: arnOf(context, 'task', cluster.name, id),
    order: context.state.made++,
    network: {
      attachmentId: randomUUID(),
      interfaceId: `eni-${randomBytes(9).toString('hex').slice(1)}`,
      macAddress: ['02', ...randomBytes(5).toString('hex').match(/../g)!].join(':'),
      subnet: subnets[0]!,
    },
    cluster,
    containers: request.definition.containers.map((definition) => ({
      definition,
      arn: arnOf(context, 'container', cluster.name, id, randomUUID()),
      runtimeId: `${id}-${digits(10)}`,
      status: 'PENDING',
      running: undefined,
      bindings: [],
      health: 'UNKNOWN',
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
