import { DesiredStatus, PropagateTags, type RunTaskRequest } from '@aws-sdk/client-ecs';
import { nameIn } from '../arn.ts';
import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { findActiveCluster, findActiveDefinition, findAll, findCluster, findService, taskFor } from '../lookup.ts';
import { pageOf } from '../paging.ts';
import { presentTask } from '../present.ts';
import type { Cluster, Task, TaskDefinition } from '../state.ts';
import { readTags, type Tags } from '../tags.ts';
import { createTask } from '../tasks/create.ts';
import { checkEnum } from '../wire/enums.ts';
import { checkLaunch } from './launch.ts';
import type { Operation } from './operation.ts';

export const runTask: Operation<'runTask'> = ({ clientToken, ...request }, context) => {
  const { runs } = context.state;
  const text = JSON.stringify(request);
  const before = clientToken === undefined ? undefined : runs.get(clientToken);
  if (before !== undefined && before.request !== text)
    throw new CloudError('ConflictException', 'The clientToken was used with other parameters.');
  const tasks = before?.tasks ?? startTasks(request, context);
  if (clientToken !== undefined && before === undefined)
    runs.set(clientToken, { request: text, tasks, at: context.parts.clock.now() });
  return { tasks: tasks.map((task) => presentTask(task, { tags: true })), failures: [] };
};

function startTasks(request: RunTaskRequest, context: CloudContext): readonly Task[] {
  const { count = 1, startedBy, overrides = {} } = request;
  const cluster = findActiveCluster(context, request.cluster);
  if (!Number.isInteger(count) || count < 1 || count > 10) throw CloudError.invalid('count must be between 1 and 10.');
  if (startedBy !== undefined && startedBy.length > 128)
    throw CloudError.invalid('startedBy must have at most 128 characters.');
  checkEnum('propagateTags', request.propagateTags, PropagateTags);
  const definition = findActiveDefinition(context, request.taskDefinition);
  checkLaunch(request, definition);
  for (const { name } of overrides.containerOverrides ?? []) {
    if (!definition.containers.some((container) => container.name === name))
      throw CloudError.invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
  const tags = tagsOfRun(request, cluster, definition);
  return Array.from({ length: count }, () =>
    createTask(context, cluster, {
      definition,
      overrides,
      startedBy,
      service: undefined,
      group: request.group ?? `family:${definition.family}`,
      enableExecuteCommand: request.enableExecuteCommand ?? false,
      tags: new Map(tags),
    }),
  );
}

function tagsOfRun(
  { propagateTags, enableECSManagedTags = false, tags }: RunTaskRequest,
  cluster: Cluster,
  definition: TaskDefinition,
): Tags {
  return new Map([
    ...(propagateTags === 'TASK_DEFINITION' ? definition.tags : []),
    ...readTags(tags),
    ...(enableECSManagedTags ? [['aws:ecs:clusterName', cluster.name] as const] : []),
  ]);
}

export const describeTasks: Operation<'describeTasks'> = (
  { cluster: reference, tasks = [], include = [] },
  context,
) => {
  const cluster = findCluster(context, reference);
  if (tasks.length === 0) throw CloudError.invalid('Tasks cannot be empty.');
  if (tasks.length > 100) throw CloudError.invalid('Tasks can have at most 100 items.');
  const { found, failures } = findAll(context, tasks, (one) => taskFor(cluster, one), 'task', cluster.name);
  return { tasks: found.map((task) => presentTask(task, { tags: include.includes('TAGS') })), failures };
};

export const listTasks: Operation<'listTasks'> = (
  {
    cluster: reference,
    family,
    serviceName,
    startedBy,
    desiredStatus = 'RUNNING',
    launchType,
    containerInstance,
    daemonName,
    ...page
  },
  context,
) => {
  checkEnum('desiredStatus', desiredStatus, DesiredStatus);
  const cluster = findCluster(context, reference);
  const service = serviceName === undefined ? undefined : findService(cluster, serviceName).name;
  if (containerInstance !== undefined || daemonName !== undefined)
    throw CloudError.invalid('There are no container instances and no daemons.');
  const found = [...cluster.tasks.values()].filter(
    (task) =>
      task.desiredStatus === desiredStatus &&
      (family === undefined || task.definition.family === family) &&
      (service === undefined || task.service?.name === service) &&
      (startedBy === undefined || task.startedBy === startedBy) &&
      (launchType === undefined || launchType === 'FARGATE'),
  );
  const { arns, nextToken } = pageOf(
    found.map(({ arn }) => arn),
    page,
  );
  return { taskArns: arns, nextToken };
};

export const stopTask: Operation<'stopTask'> = (
  { cluster: reference, task: name = '', reason = 'Task stopped by user' },
  context,
) => {
  const task = taskFor(findCluster(context, reference), nameIn(name));
  if (task === undefined) throw CloudError.invalid('The referenced task was not found.');
  context.lives.get(task)!.stop({ code: 'UserInitiated', reason });
  context.changed(task);
  return { task: presentTask(task, { tags: false }) };
};
