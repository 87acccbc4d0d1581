import type { Failure, ProtectedTask } from '@aws-sdk/client-ecs';
import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { findAll, findCluster, taskFor } from '../lookup.ts';
import { isProtected } from '../services/plan.ts';
import { statusOf, type Task } from '../state.ts';
import type { Operation } from './operation.ts';

const minute = 60_000;
const defaultMinutes = 120;
const mostMinutes = 2880;

export const updateTaskProtection: Operation<'updateTaskProtection'> = (
  { cluster, tasks = [], protectionEnabled, expiresInMinutes = defaultMinutes },
  context,
) => {
  if (!Number.isInteger(expiresInMinutes) || expiresInMinutes < 1 || expiresInMinutes > mostMinutes)
    throw CloudError.invalid(`expiresInMinutes must be between 1 and ${mostMinutes}.`);
  if (tasks.length === 0 || tasks.length > 10) throw CloudError.invalid('tasks must have between 1 and 10 items.');
  const { protectable, failures } = findProtectable(context, cluster, tasks);
  const now = context.parts.clock.now();
  for (const task of protectable) {
    task.protectedUntil = protectionEnabled === true ? new Date(now.getTime() + expiresInMinutes * minute) : undefined;
    context.changed(task);
  }
  return { protectedTasks: protectable.map((task) => present(task, now)), failures };
};

export const getTaskProtection: Operation<'getTaskProtection'> = ({ cluster, tasks }, context) => {
  const all = [...findCluster(context, cluster).tasks.values()]
    .filter(({ service }) => service !== undefined)
    .map(({ arn }) => arn);
  const { protectable, failures } = findProtectable(context, cluster, tasks ?? all);
  return { protectedTasks: protectable.map((task) => present(task, context.parts.clock.now())), failures };
};

/** Tasks of services that have not ended. */
function findProtectable(
  context: CloudContext,
  reference: string | undefined,
  tasks: readonly string[],
): { protectable: Task[]; failures: Failure[] } {
  const cluster = findCluster(context, reference);
  const { found, failures } = findAll(context, tasks, (one) => taskFor(context, cluster, one), 'task', cluster.name);
  const isProtectable = (task: Task): boolean => task.service !== undefined && statusOf(task) !== 'STOPPED';
  const others = found
    .filter((task) => !isProtectable(task))
    .map(({ arn }): Failure => ({
      arn,
      reason: 'TASK_NOT_VALID',
      detail: 'The task is not part of a service, or has stopped.',
    }));
  return { protectable: found.filter(isProtectable), failures: [...failures, ...others] };
}

function present(task: Task, now: Date): ProtectedTask {
  return isProtected(task, now)
    ? { taskArn: task.arn, protectionEnabled: true, expirationDate: task.protectedUntil }
    : { taskArn: task.arn, protectionEnabled: false };
}
