import type { CreateServiceRequest, RunTaskRequest } from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import { cluster, definition, launch, stableService, test, type TestCloud } from '../testing/cloud/index.ts';

const { networkConfiguration } = launch;
const bare: RunTaskRequest = { cluster, taskDefinition: 'web', networkConfiguration };
const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];

/** A cluster with both providers, and a strategy where no other is asked for. */
async function prepare({ ecs }: TestCloud, defaultCapacityProviderStrategy = spot): Promise<void> {
  await ecs.createCluster({
    clusterName: cluster,
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy,
    settings: [{ name: 'containerInsights', value: 'enabled' }],
  });
  await ecs.registerTaskDefinition(definition('web', 'serve'));
}

test("a bare run uses the cluster's default strategy", async ({ it }) => {
  await prepare(it);
  const { tasks: [task] = [] } = await it.ecs.runTask(bare);
  expect(task).toMatchObject({ capacityProviderName: 'FARGATE_SPOT' });
  expect(task).not.toHaveProperty('launchType');
  const { tasks: [other] = [] } = await it.ecs.runTask({ ...bare, launchType: 'FARGATE' });
  expect(other).toMatchObject({ launchType: 'FARGATE' });
  expect(other).not.toHaveProperty('capacityProviderName');
});

test('a run without launch type, strategy and default finds no capacity', async ({ it }) => {
  await prepare(it, []);
  await expect(it.ecs.runTask(bare)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'No Container Instances were found in your cluster.',
  });
});

test('tasks are divided among capacity providers by base and weight', async ({ it }) => {
  await prepare(it);
  const { tasks } = await it.ecs.runTask({
    ...bare,
    count: 8,
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', base: 2, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 2 },
    ],
  });
  const names = tasks!.map(({ capacityProviderName }) => capacityProviderName);
  expect(names.slice(0, 2)).toEqual(['FARGATE', 'FARGATE']);
  expect(names.filter((name) => name === 'FARGATE')).toHaveLength(4);
});

test('a service has the strategy of its cluster, and its tasks show it', async ({ it }) => {
  await prepare(it);
  const service: CreateServiceRequest = { ...bare, serviceName: 'web', desiredCount: 1 };
  const { service: made } = await it.ecs.createService(service);
  expect(made).toMatchObject({ capacityProviderStrategy: [{ ...spot[0], base: 0 }] });
  expect(made).not.toHaveProperty('launchType');
  await stableService(it.ecs);
  const { taskArns } = await it.ecs.listTasks({ cluster, serviceName: 'web' });
  expect((await it.ecs.describeTasks({ cluster, tasks: taskArns })).tasks).toMatchObject([
    { capacityProviderName: 'FARGATE_SPOT' },
  ]);
  await expect(
    it.ecs.putClusterCapacityProviders({
      cluster,
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [],
    }),
  ).rejects.toMatchObject({ name: 'ResourceInUseException' });
});

test('strategies that the service does not allow are refused', async ({ it }) => {
  await prepare(it);
  const item = (capacityProvider: string, rest: object = {}) => ({ capacityProvider, weight: 1, ...rest });
  for (const [capacityProviderStrategy, message] of [
    [[item('MINE')], "capacity provider 'MINE' was not found"],
    [[item('FARGATE'), item('FARGATE')], 'the same capacity provider twice'],
    [[item('FARGATE', { weight: 1001 })], 'A weight is between 0 and 1000'],
    [[item('FARGATE', { base: 1 }), item('FARGATE_SPOT', { base: 1 })], 'Only one capacity provider'],
    [[item('FARGATE', { weight: 0 }), item('FARGATE_SPOT', { weight: 0 })], 'with a weight over 0'],
  ] as const)
    await expect(
      it.ecs.runTask({ ...bare, capacityProviderStrategy: [...capacityProviderStrategy] }),
    ).rejects.toMatchObject({ name: 'InvalidParameterException', message: expect.stringContaining(message) });
  await expect(
    it.ecs.runTask({ ...bare, launchType: 'FARGATE', capacityProviderStrategy: spot }),
  ).rejects.toMatchObject({
    message: 'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
  });
  await it.ecs.putClusterCapacityProviders({
    cluster,
    capacityProviders: ['FARGATE'],
    defaultCapacityProviderStrategy: [],
  });
  await expect(it.ecs.runTask({ ...bare, capacityProviderStrategy: spot })).rejects.toMatchObject({
    message: expect.stringContaining('not associated with the cluster'),
  });
});

test('a cluster shows its settings, capacity providers and statistics', async ({ it }) => {
  await prepare(it);
  const describe = async (...include: ('SETTINGS' | 'STATISTICS')[]) =>
    (await it.ecs.describeClusters({ clusters: [cluster], include })).clusters![0];
  expect(await describe()).toMatchObject({
    settings: [],
    statistics: [],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
  });
  await it.ecs.runTask(bare);
  const { settings, statistics } = (await describe('SETTINGS', 'STATISTICS'))!;
  expect(settings).toEqual([{ name: 'containerInsights', value: 'enabled' }]);
  expect(statistics).toContainEqual({ name: 'pendingFargateTasksCount', value: '1' });
  await it.ecs.updateClusterSettings({ cluster, settings: [{ name: 'containerInsights', value: 'enhanced' }] });
  expect((await describe('SETTINGS'))!.settings).toEqual([{ name: 'containerInsights', value: 'enhanced' }]);
  await expect(
    it.ecs.updateCluster({ cluster, settings: [{ name: 'containerInsights', value: 'perhaps' }] }),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('a repeated creation of a cluster that says something else is refused', async ({ it: { ecs } }) => {
  const tags = [{ key: 'team', value: 'blue' }];
  await ecs.createCluster({ clusterName: cluster, tags });
  expect((await ecs.createCluster({ clusterName: cluster, tags })).cluster).toMatchObject({ tags });
  for (const change of [
    { tags: [] },
    { capacityProviders: ['FARGATE'] },
    { settings: [{ name: 'containerInsights' as const, value: 'enabled' }] },
  ])
    await expect(ecs.createCluster({ clusterName: cluster, ...change })).rejects.toMatchObject({
      message: expect.stringContaining('inconsistent with arguments used in previous request'),
    });
});
