import { paginateListTasks, type ECS, type Tag } from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import {
  cluster,
  createService,
  definition,
  launch,
  runTask,
  stableService,
  stoppedTask,
  test,
} from '../testing/cloud/index.ts';

/** Starts this many tasks. Returns their ARNs, the oldest first. */
async function start(ecs: ECS, count: number): Promise<string[]> {
  await ecs.createCluster({ clusterName: cluster });
  await ecs.registerTaskDefinition(definition('web', 'serve'));
  const { tasks } = await ecs.runTask({ cluster, taskDefinition: 'web', count, startedBy: 'job-1/a_b', ...launch });
  return tasks!.map(({ taskArn }) => taskArn!);
}

test('pages are complete although each task that they show is stopped', async ({ it: { ecs } }) => {
  const arns = await start(ecs, 5);
  const pages: (string[] | undefined)[] = [];
  for await (const { taskArns } of paginateListTasks({ client: ecs, pageSize: 2 }, { cluster })) {
    pages.push(taskArns);
    for (const task of taskArns!) await ecs.stopTask({ cluster, task });
  }
  expect(pages).toEqual([arns.slice(0, 2), arns.slice(2, 4), arns.slice(4)]);
});

test('a list that fills its pages exactly has no page more', async ({ it: { ecs } }) => {
  const arns = await start(ecs, 4);
  const { nextToken } = await ecs.listTasks({ cluster, maxResults: 2 });
  expect(await ecs.listTasks({ cluster, maxResults: 2, nextToken })).toMatchObject({ taskArns: arns.slice(2) });
  expect(await ecs.listTasks({ cluster, maxResults: 2, nextToken })).not.toHaveProperty('nextToken');
});

test('task definitions have pages in both directions, by family and revision', async ({ it: { ecs } }) => {
  for (const family of ['web', 'api', 'web'])
    for (let time = 0; time < 6; time++) await ecs.registerTaskDefinition(definition(family, 'serve'));
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.listTaskDefinitions({ sort: 'DESC', maxResults: 5, nextToken });
    names.push(...page.taskDefinitionArns!.map((arn) => arn.split('/').at(-1)!));
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  const revisions = (family: string, count: number): string[] =>
    Array.from({ length: count }, (_, place) => `${family}:${count - place}`);
  expect(names).toEqual([...revisions('web', 12), ...revisions('api', 6)]);
  expect((await ecs.listTaskDefinitionFamilies({ familyPrefix: 'w' })).families).toEqual(['web']);
  expect((await ecs.listTaskDefinitionFamilies({})).families).toEqual(['api', 'web']);
});

test('a deleted task definition runs nothing any more, and its revision is not used again', async ({ it: { ecs } }) => {
  await start(ecs, 1);
  expect(await ecs.deleteTaskDefinitions({ taskDefinitions: ['web:1', 'web:9'] })).toMatchObject({
    taskDefinitions: [],
    failures: [{ reason: expect.stringContaining('still in ACTIVE status') }, { arn: 'web:9' }],
  });
  await ecs.deregisterTaskDefinition({ taskDefinition: 'web:1' });
  expect((await ecs.listTaskDefinitionFamilies({ status: 'ACTIVE' })).families).toEqual([]);
  expect((await ecs.deleteTaskDefinitions({ taskDefinitions: ['web:1'] })).taskDefinitions).toMatchObject([
    { status: 'DELETE_IN_PROGRESS', deleteRequestedAt: expect.any(Date) },
  ]);
  await expect(ecs.runTask({ cluster, taskDefinition: 'web:1', ...launch })).rejects.toMatchObject({
    name: 'ClientException',
  });
  expect((await ecs.listTaskDefinitions({ status: 'DELETE_IN_PROGRESS' })).taskDefinitionArns).toHaveLength(1);
  expect((await ecs.registerTaskDefinition(definition('web', 'serve'))).taskDefinition).toMatchObject({ revision: 2 });
});

test('tasks are listed by who started them, and by nothing else beside it', async ({ it: { ecs } }) => {
  const arns = await start(ecs, 2);
  await ecs.runTask({ cluster, taskDefinition: 'web', ...launch });
  const startedBy = 'job-1/a_b';
  expect((await ecs.listTasks({ cluster, startedBy })).taskArns).toEqual(arns);
  expect((await ecs.listTasks({ cluster, startedBy, desiredStatus: 'STOPPED' })).taskArns).toEqual([]);
  for (const filter of [{ family: 'web' }, { serviceName: 'web' }, { launchType: 'FARGATE' as const }])
    await expect(ecs.listTasks({ cluster, startedBy, ...filter })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'startedBy cannot be combined with other filters.',
    });
  for (const odd of ['a b!', '', 'x'.repeat(129)])
    await expect(ecs.runTask({ cluster, taskDefinition: 'web', startedBy: odd, ...launch })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
});

test("a run's tags cannot be a service's", async ({ it: { ecs } }) => {
  await start(ecs, 1);
  await expect(
    ecs.runTask({ cluster, taskDefinition: 'web', propagateTags: 'SERVICE', ...launch }),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('a service without a number of tasks is refused', async ({ it: { ecs } }) => {
  await start(ecs, 1);
  const service = { cluster, serviceName: 'web', taskDefinition: 'web', ...launch };
  await expect(ecs.createService(service)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'desiredCount is required when the schedulingStrategy is REPLICA.',
  });
});

test('an ARN of another region, account, cluster or kind is refused', async ({ it: { ecs } }) => {
  const [task] = await start(ecs, 1);
  const change = (from: string, to: string): string => task!.replace(from, to);
  for (const [arn, message] of [
    [change('us-east-1', 'eu-west-1'), 'Identifier is for eu-west-1. Your region is us-east-1'],
    [change('123456789012', '210987654321'), 'Identifier is for account 210987654321. Your account is 123456789012'],
    [change('/main/', '/other/'), 'Identifier is for cluster other. Your cluster is main'],
    [change(':task/', ':service/'), 'Identifier is for service, and task is expected'],
    [change('arn:aws:ecs', 'arn:aws:s3'), 'It is no ARN of ECS.'],
    ['main/task', 'Unexpected number of separators'],
  ])
    for (const ask of [
      () => ecs.describeTasks({ cluster, tasks: [arn!] }),
      () => ecs.stopTask({ cluster, task: arn! }),
    ])
      await expect(ask()).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: `Invalid identifier: ${message}`,
      });
  await expect(ecs.listTasks({ cluster: 'arn:aws:ecs:us-east-1:210987654321:cluster/main' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(ecs.tagResource({ resourceArn: change('us-east-1', 'eu-west-1'), tags: [] })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

const tags: Tag[] = [{ key: 'session', value: '1' }];

test('a stopped task has no tags any more', async ({ it: { ecs } }) => {
  const task = await runTask(ecs, definition('web', 'serve'), { tags });
  const shown = async (): Promise<unknown> =>
    (await ecs.describeTasks({ cluster, tasks: [task], include: ['TAGS'] })).tasks![0]!.tags;
  expect(await shown()).toEqual(tags);
  await ecs.stopTask({ cluster, task });
  expect(await shown()).toEqual([]);
});

test('a stopped task takes no tags', async ({ it: { ecs } }) => {
  const task = await runTask(ecs, definition('web', 'serve'), { tags });
  await ecs.stopTask({ cluster, task });
  await stoppedTask(ecs, task);
  const refused = { name: 'InvalidParameterException', message: expect.stringContaining('task is stopped') };
  await expect(ecs.tagResource({ resourceArn: task, tags })).rejects.toMatchObject(refused);
  await expect(ecs.untagResource({ resourceArn: task, tagKeys: ['session'] })).rejects.toMatchObject(refused);
});

test("a service's stopped task has no tags any more, and the service keeps its own", async ({ it: { ecs } }) => {
  await createService(ecs, 'serve', 1, { tags, propagateTags: 'SERVICE' });
  await stableService(ecs);
  const { taskArns: [task] = [] } = await ecs.listTasks({ cluster, serviceName: 'web' });
  await ecs.updateService({ cluster, service: 'web', desiredCount: 0 });
  await expect
    .poll(async () => (await ecs.describeTasks({ cluster, tasks: [task!], include: ['TAGS'] })).tasks)
    .toMatchObject([{ lastStatus: 'STOPPED', tags: [], group: 'service:web' }]);
  expect((await ecs.describeServices({ cluster, services: ['web'], include: ['TAGS'] })).services).toMatchObject([
    { tags },
  ]);
});
