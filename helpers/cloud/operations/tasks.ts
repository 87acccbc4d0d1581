import { DesiredStatus, LaunchType, PropagateTags, type RunTaskRequest } from '@aws-sdk/client-ecs';
import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { findActiveCluster, findActiveDefinition, findAll, findCluster, findService, taskFor } from '../lookup.ts';
import { presentTask } from '../present/index.ts';
import type { Sizes } from '../sizes.ts';
import type { Cluster, Task, TaskDefinition } from '../state.ts';
import { readTags, type Tags } from '../tags.ts';
import { createTask } from '../tasks/create.ts';
import { reservedBy } from '../tasks/overrides.ts';
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
  const { count = 1, startedBy } = request;
  const cluster = findActiveCluster(context, request.cluster);
  if (!Number.isInteger(count) || count < 1 || count > 10) throw CloudError.invalid('count must be between 1 and 10.');
  if (startedBy !== undefined && !/^[a-zA-Z0-9_/-]{1,128}$/.test(startedBy)) {
    throw CloudError.invalid(
      'startedBy must have between 1 and 128 characters: letters, numbers, hyphens, forward slashes and underscores.',
    );
  }
  checkEnum('propagateTags', request.propagateTags, PropagateTags);
  if (request.propagateTags === 'SERVICE')
    throw CloudError.invalid('SERVICE is not a valid value of propagateTags when running a task.');
  if (request.group?.startsWith('service:') === true) throw CloudError.invalid('A group cannot begin with service:.');
  const definition = findActiveDefinition(context, request.taskDefinition);
  const strategy = checkLaunch(request, definition, cluster, context.parts.capacity);
  const overrides = readOverrides(request.overrides, definition, context.parts.sizes);
  const tags = tagsOfRun(request, cluster, definition);
  const started: Task[] = [];
  while (started.length < count) {
    started.push(
      createTask(context, cluster, {
        definition,
        overrides,
        startedBy,
        launch: context.parts.capacity.next(strategy, started),
        subnets: request.networkConfiguration!.awsvpcConfiguration!.subnets!,
        service: undefined,
        group: request.group ?? `family:${definition.family}`,
        enableExecuteCommand: request.enableExecuteCommand ?? false,
        tags: new Map(tags),
      }),
    );
  }
  return started;
}

/** Overrides with sizes as the service keeps them. @throws CloudError */
function readOverrides(
  overrides: RunTaskRequest['overrides'] = {},
  definition: TaskDefinition,
  sizes: Sizes,
): Task['overrides'] {
  for (const { name } of overrides.containerOverrides ?? []) {
    if (!definition.containers.some((container) => container.name === name))
      throw CloudError.invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
  const read = { ...overrides, ...sizes.normal(overrides) };
  const size = { cpu: read.cpu ?? definition.request.cpu, memory: read.memory ?? definition.request.memory };
  sizes.checkFargate(size);
  sizes.checkStorage(read.ephemeralStorage);
  sizes.checkReserved(
    definition.containers.map((container) => reservedBy({ overrides: read }, container)),
    size,
  );
  return read;
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
  const { found, failures } = findAll(context, tasks, (one) => taskFor(context, cluster, one), 'task', cluster.name);
  return { tasks: found.map((task) => presentTask(task, { tags: include.includes('TAGS') })), failures };
};

export const listTasks: Operation<'listTasks'> = (
  { cluster: reference, family, serviceName, startedBy, desiredStatus = 'RUNNING', launchType, ...page },
  context,
) => {
  checkEnum('desiredStatus', desiredStatus, DesiredStatus);
  checkEnum('launchType', launchType, LaunchType);
  const cluster = findCluster(context, reference);
  if (startedBy !== undefined && [family, serviceName, launchType].some((filter) => filter !== undefined))
    throw CloudError.invalid('startedBy cannot be combined with other filters.');
  const service = serviceName === undefined ? undefined : findService(context, cluster, serviceName).name;
  const found = [...cluster.tasks.values()].filter(
    (task) =>
      task.desiredStatus === desiredStatus &&
      (family === undefined || task.definition.family === family) &&
      (service === undefined || task.service?.name === service) &&
      (startedBy === undefined || task.startedBy === startedBy) &&
      (launchType === undefined || launchType === 'FARGATE'),
  );
  const { items, nextToken } = context.parts.paging.page(found, page, { placeOf: ({ order }) => [order] });
  return { taskArns: items.map(({ arn }) => arn), nextToken };
};

export const stopTask: Operation<'stopTask'> = (
  { cluster: reference, task: name = '', reason = 'Task stopped by user' },
  context,
) => {
  const task = taskFor(context, findCluster(context, reference), name);
  if (task === undefined) throw CloudError.invalid('The referenced task was not found.');
  context.lives.get(task)!.stop({ code: 'UserInitiated', reason });
  context.changed(task);
  return { task: presentTask(task, { tags: false }) };
};
