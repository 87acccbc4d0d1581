import { expect } from '@playwright/test';
import { cluster, createService, definition, describeTask, launch, test } from '../testing/cloud/index.ts';
import { stableService, stoppedTask, tasksOfService, type TestCloud } from '../testing/cloud/index.ts';
import { MovableClock } from './index.ts';

const service = 'web';

/** The statuses of the service's deployments, the newest first. */
async function statuses({ ecs }: TestCloud): Promise<(string | undefined)[]> {
  const { serviceDeployments = [] } = await ecs.listServiceDeployments({ cluster, service });
  return serviceDeployments.map(({ status }) => status);
}

test('a deployment that is replaced before its end is STOPPED', async ({ it }) => {
  await createService(it.ecs, 'serve', 1);
  await it.ecs.updateService({ cluster, service, forceNewDeployment: true });
  expect(await statuses(it)).toEqual(['IN_PROGRESS', 'STOPPED']);
  await stableService(it.ecs);
  expect(await statuses(it)).toEqual(['SUCCESSFUL', 'STOPPED']);
  const { serviceDeployments } = await it.ecs.listServiceDeployments({ cluster, service, status: ['STOPPED'] });
  expect(serviceDeployments).toMatchObject([{ status: 'STOPPED', finishedAt: expect.any(Date) }]);
});

test('a rollback belongs to the deployment that it takes back', async ({ openCloud }) => {
  const clock = new MovableClock();
  const it = await openCloud({ clock });
  await createService(it.ecs, 'serve', 1, {
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  await stableService(it.ecs);
  const missing = { containerDefinitions: [{ name: 'main', image: 'not-there' }] };
  await it.ecs.registerTaskDefinition(definition('web', '', missing));
  await it.ecs.updateService({ cluster, service, taskDefinition: 'web' });
  await expect
    .poll(
      async () => {
        clock.advance(10_000); // throttled starts are due
        return statuses(it);
      },
      { intervals: [20] },
    )
    .toEqual(['ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
});

test('another network begins a deployment, and another number of tasks none', async ({ it }) => {
  await createService(it.ecs, 'serve', 0);
  await it.ecs.updateService({ cluster, service, desiredCount: 1 });
  expect(await statuses(it)).toHaveLength(1);
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-2'] } };
  await it.ecs.updateService({ cluster, service, networkConfiguration });
  expect(await statuses(it)).toHaveLength(2);
  await stableService(it.ecs);
  const [task] = await tasksOfService(it.ecs);
  const { attachments: [attachment] = [] } = await describeTask(it.ecs, task!);
  expect(attachment!.details).toContainEqual({ name: 'subnetId', value: 'subnet-2' });
});

test("a service's tasks have the tags that it propagates", async ({ it }) => {
  await createService(it.ecs, 'serve', 0);
  const tags = [{ key: 'from', value: 'definition' }];
  await it.ecs.registerTaskDefinition(definition('web', 'serve', { tags }));
  for (const propagateTags of ['TASK_DEFINITION', 'NONE'] as const) {
    const wanted = { ...launch, cluster, serviceName: propagateTags, taskDefinition: 'web', desiredCount: 1 };
    await it.ecs.createService({ ...wanted, propagateTags, tags: [{ key: 'from', value: 'service' }] });
    const tasksOf = async () => (await it.ecs.listTasks({ cluster, serviceName: propagateTags })).taskArns!;
    await expect.poll(tasksOf).toHaveLength(1);
    const { tasks } = await it.ecs.describeTasks({ cluster, tasks: await tasksOf(), include: ['TAGS'] });
    expect(tasks![0]!.tags, propagateTags).toEqual(propagateTags === 'NONE' ? [] : tags);
  }
});

test('a task has a network interface as long as it runs, in the zone of its region', async ({ it: { ecs } }) => {
  await ecs.createCluster({ clusterName: cluster });
  await ecs.registerTaskDefinition(definition('web', 'serve'));
  const { tasks: [task] = [] } = await ecs.runTask({ cluster, taskDefinition: 'web', ...launch });
  const statusOf = async () => (await describeTask(ecs, task!.taskArn!)).attachments!.map(({ status }) => status);
  expect(task).toMatchObject({
    availabilityZone: 'us-east-1a',
    attachments: [
      {
        type: 'ElasticNetworkInterface',
        status: 'PRECREATED',
        details: expect.arrayContaining([
          { name: 'subnetId', value: 'subnet-1' },
          { name: 'privateIPv4Address', value: '127.0.0.1' },
        ]),
      },
    ],
    containers: [{ networkInterfaces: [{ attachmentId: task!.attachments![0]!.id }] }],
  });
  await expect.poll(statusOf).toEqual(['ATTACHED']);
  await ecs.stopTask({ cluster, task: task!.taskArn });
  await stoppedTask(ecs, task!.taskArn!);
  expect(await statusOf()).toEqual(['DELETED']);
});

test("with awsvpc, a host port other than the container's is refused", async ({ it: { ecs } }) => {
  const withPort = (hostPort: number) =>
    definition('web', 'serve', {
      containerDefinitions: [{ name: 'main', image: 'app', portMappings: [{ containerPort: 80, hostPort }] }],
    });
  await expect(ecs.registerTaskDefinition(withPort(8080))).rejects.toMatchObject({
    name: 'ClientException',
    message: expect.stringContaining('the host ports and container ports in port mappings must match'),
  });
  expect(await ecs.registerTaskDefinition(withPort(80))).toMatchObject({ taskDefinition: { revision: 1 } });
});

test("an account's settings are listed by name and by value, and those that were changed are none", async ({
  it: { ecs },
}) => {
  const namesOf = async (request: Parameters<typeof ecs.listAccountSettings>[0]) =>
    (await ecs.listAccountSettings(request)).settings!.map(({ name }) => name);
  expect(await namesOf({})).toEqual([]);
  expect(await namesOf({ effectiveSettings: true, value: 'off' })).toEqual([
    'guardDutyActivate',
    'tagResourceAuthorization',
  ]);
  expect(await namesOf({ effectiveSettings: true, name: 'awsvpcTrunking' })).toEqual(['awsvpcTrunking']);
  expect(await namesOf({ effectiveSettings: true, name: 'awsvpcTrunking', value: 'enabled' })).toEqual([]);
});

test('a task is protected for two hours unless it is said for how long', async ({ openCloud }) => {
  const clock = new MovableClock();
  const it = await openCloud({ clock });
  await createService(it.ecs, 'serve', 1);
  await expect.poll(() => tasksOfService(it.ecs)).toHaveLength(1);
  const tasks = await tasksOfService(it.ecs);
  const wanted = { cluster, tasks, protectionEnabled: true };
  const { protectedTasks: [task] = [] } = await it.ecs.updateTaskProtection(wanted);
  const [start, end] = [clock.now(), task!.expirationDate!];
  expect(Math.round((end.getTime() - start.getTime()) / 60_000)).toBe(120);
});
