import { CreateClusterCommand, DescribeClustersCommand, type ECSClient, type Tag } from '@aws-sdk/client-ecs';
import { test as base } from '@playwright/test';
import { expect } from '../../fixtures/expect.ts';
import { cluster, createService, definition, openTestCloud, runTask, type TestCloud } from '../testing/cloud/index.ts';
import { isAlive } from '../run/processes/index.ts';
import { CloudClient, sessionTag } from './cloud-client.ts';
import { runTag } from './cloud-resources.ts';

const run = 'run-1';
const ours: Tag[] = [{ key: runTag, value: run }];
const theirs: Tag[] = [{ key: runTag, value: 'run-2' }];
/** Operations that change something. */
const changes = new Set(['StopTask', 'UpdateService', 'ExecuteCommand']);

interface CloudFixtures {
  it: TestCloud;
  client: CloudClient;
  /** Starts a task in the cluster `main`, created by this run unless it exists. Returns its ARN. */
  start: (what: string, tags: Tag[], startedBy?: string) => Promise<string>;
  /** Creates the service `web` in the cluster `main`. */
  serve: (desiredCount: number, tags: Tag[], what?: string) => Promise<void>;
}

const test = base.extend<CloudFixtures>({
  it: async ({}, use) => {
    await using it = await openTestCloud();
    await use(it);
  },

  client: async ({ it }, use) => {
    await use(new CloudClient({ ecs: it.ecs, cluster, run }));
  },

  start: async ({ it: { ecs } }, use) => {
    await use(async (what, tags, startedBy) => {
      await openCluster(ecs);
      return runTask(ecs, definition(what, what), { tags, startedBy, enableExecuteCommand: true });
    });
  },

  serve: async ({ it: { ecs } }, use) => {
    await use(async (desiredCount, tags, what = 'serve') => {
      await openCluster(ecs);
      await createService(ecs, what, desiredCount, { tags, propagateTags: 'SERVICE' });
    });
  },
});

/** Creates the cluster `main` for this run, unless it exists. */
async function openCluster(ecs: ECSClient): Promise<void> {
  const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: [cluster] }));
  if (clusters.length === 0) await ecs.send(new CreateClusterCommand({ clusterName: cluster, tags: ours }));
}

const foreignResource = (what: string): Record<string, string> => ({
  name: 'ForeignResource',
  message: `${what} does not carry the tag ${runTag} = ${run}, and is not touched: it belongs to another owner.`,
});

for (const [whose, tags] of [
  ['of another run', theirs],
  ['without a run', []],
] as const) {
  test(`a task and a service ${whose} are refused`, async ({ it, client, start, serve }) => {
    const task = await start('serve', [...tags]);
    await serve(1, [...tags]);
    for (const touch of [
      () => client.task(task),
      () => client.stop(task),
      () => client.exec(task, 'ls'),
      () => client.waitForRunning(task),
      () => client.waitForStopped(task),
    ])
      await expect(touch()).rejects.toMatchObject(foreignResource(`The task ${task}`));
    for (const touch of [
      () => client.service('web').scale(0),
      () => client.service('web').counts(),
      () => client.service('web').tasks(),
      () => client.service('web').ending(),
      () => client.service('web').waitForStable(),
    ])
      await expect(touch()).rejects.toMatchObject(foreignResource('The service web'));
    expect(it.exchanges.filter(({ operation }) => changes.has(operation))).toEqual([]);
    expect([await client.inventory(), await client.bills()]).toEqual([{ services: [], tasks: [] }, []]);
  });
}

test("our resources in another owner's cluster are refused", async ({ it, client, start, serve }) => {
  await it.ecs.send(new CreateClusterCommand({ clusterName: cluster, tags: theirs }));
  const task = await start('serve', ours);
  await serve(1, ours);
  for (const touch of [() => client.stop(task), () => client.exec(task, 'ls'), () => client.service('web').scale(0)])
    await expect(touch()).rejects.toMatchObject(foreignResource('The cluster main'));
  expect(it.exchanges.filter(({ operation }) => changes.has(operation))).toEqual([]);
  await expect(new CloudClient({ ecs: it.ecs, cluster: 'nobody', run }).stop(task)).rejects.toThrow(
    'There is no cluster nobody.',
  );
});

test('a task is waited for, given commands, stopped and billed', async ({ client, start }) => {
  const task = await start('serve', [...client.tags, { key: sessionTag, value: 's-1' }]);
  expect(await client.exec(task, 'sh -c "echo out; echo problem >&2; exit 3"'), 'as soon as it can').toEqual({
    output: 'out\nproblem\n',
    exitCode: 3,
  });
  const { startedAt, pullStartedAt } = await client.waitForRunning(task);
  expect(pullStartedAt!.getTime()).toBeLessThanOrEqual(startedAt!.getTime());
  expect((await client.tasksOf('s-1')).map(({ taskArn }) => taskArn)).toEqual([task]);
  expect(await client.tasksOf('s-2')).toEqual([]);
  expect(await client.inventory()).toEqual({ services: [], tasks: [task] });
  const bill = { arn: task, family: 'serve', vcpu: 0.25, memoryGb: 0.5, pullStartedAt };
  expect(await client.bills()).toEqual([{ ...bill, stoppedAt: undefined, stopCode: undefined }]);

  await client.stop(task, 'enough');
  const { stoppedAt, stoppedReason } = await client.waitForStopped(task);
  expect(stoppedReason).toBe('enough');
  expect(await client.bills()).toEqual([{ ...bill, stoppedAt, stopCode: 'UserInitiated' }]);
  expect(await client.inventory()).toEqual({ services: [], tasks: [] });
  expect((await client.tasksOf('s-1')).map(({ lastStatus }) => lastStatus)).toEqual(['STOPPED']);
});

test('a stopped task without tags is known by who started it, by its service, or as it was seen', async ({
  it,
  client,
  start,
  serve,
}) => {
  const started = await start('serve', ours, client.startedBy);
  const seen = await start('serve', [...ours, { key: sessionTag, value: 's-1' }]);
  await serve(1, ours);
  await expect(client.service('web')).toHaveTasks(1);
  const [{ taskArn: served } = {}] = await client.service('web').tasks();
  for (const task of [started, seen]) await client.stop(task);
  await client.service('web').scale(0);
  for (const task of [started, seen, served]) expect(await client.waitForStopped(task!)).toBeTruthy();
  expect((await it.ecs.describeTasks({ cluster, tasks: [seen], include: ['TAGS'] })).tasks).toMatchObject([
    { tags: [] },
  ]);
  expect((await client.tasksOf('s-1')).map(({ taskArn }) => taskArn)).toEqual([seen]);
  expect(new Set((await client.bills()).map(({ arn }) => arn))).toEqual(new Set([started, seen, served]));

  await expect(it.ecs.tagResource({ resourceArn: seen, tags: ours })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'The specified task is stopped. Specify a running task and try again.',
  });

  const later = new CloudClient({ ecs: it.ecs, cluster, run });
  expect(new Set((await later.bills()).map(({ arn }) => arn))).toEqual(new Set([started, served]));
  await expect(later.waitForStopped(seen)).rejects.toMatchObject(foreignResource(`The task ${seen}`));
});

test('a task that is tagged while it ends is still known', async ({ it, client, serve }) => {
  await serve(1, ours, 'stubborn');
  await expect(client.service('web')).toHaveTasks(1);
  const [{ taskArn: task = '' } = {}] = await client.service('web').tasks();
  const log = (): string => it.cloud.tasks().get(task)!.containers[0]!.log;
  await expect.poll(log, 'what the container has written').toContain('ready');
  await it.ecs.stopTask({ cluster, task });
  await it.ecs.tagResource({ resourceArn: task, tags: [{ key: sessionTag, value: 's-1' }] });
  const later = new CloudClient({ ecs: it.ecs, cluster, run });
  for (const one of [client, later]) {
    expect((await one.tasksOf('s-1')).map(({ taskArn }) => taskArn)).toEqual([task]);
    await expect(one.task(task)).resolves.toMatchObject({ desiredStatus: 'STOPPED', lastStatus: 'STOPPING' });
  }
});

test('a service is scaled and waited for, and its tasks are billed', async ({ it, client, serve }) => {
  await serve(0, client.tags);
  const web = client.service('web');
  expect(await web.counts()).toEqual({ desired: 0, running: 0, pending: 0 });
  await web.scale(2);
  await web.waitForStable();
  expect(await web.counts()).toEqual({ desired: 2, running: 2, pending: 0 });
  const tasks = await web.tasks();
  const inventory = await client.inventory();
  expect([inventory.services, inventory.tasks.toSorted()]).toEqual([
    ['arn:aws:ecs:us-east-1:123456789012:service/main/web'],
    tasks.map(({ taskArn }) => taskArn!).toSorted(),
  ]);
  await web.scale(0);
  await web.waitForStable();
  for (const { taskArn } of tasks) await client.waitForStopped(taskArn!);
  expect((await client.bills()).map(({ stopCode }) => stopCode)).toEqual([
    'ServiceSchedulerInitiated',
    'ServiceSchedulerInitiated',
  ]);
  expect(it.pids.some(isAlive)).toBe(false);
});

test('a task that ignores its stop is no longer counted but still listed', async ({ it, client, serve }) => {
  await serve(1, client.tags, 'stubborn');
  const web = client.service('web');
  await expect(web).toHaveTasks(1);
  expect(await web.ending()).toEqual([]);
  const { taskArn } = (await web.tasks())[0]!;
  const log = () => it.cloud.tasks().get(taskArn!)!.containers[0]!.log;
  await expect.poll(log, 'what the container has written').toContain('ready');

  await web.scale(0);
  await expect.poll(log, 'what the container has written').toContain('no');
  expect(await web.counts()).toEqual({ desired: 0, running: 0, pending: 0 });
  expect(await web.ending()).toMatchObject([{ taskArn }]);
  await expect(web).not.toHaveTasks(0);
  await expect(expect(web).toHaveTasks(0, { timeout: 1 })).rejects.toThrow(
    'Expected the service web to have 0 tasks within 0.001 s, and it wants 0, 0 run, 0 start, 1 are told to stop ' +
      'and still run.',
  );

  process.kill(it.pids[0]!, 'SIGKILL');
  await expect(web).toHaveTasks(0);
  expect(await web.ending()).toEqual([]);
});

test('toHaveTasks waits for the count, and for a replacement', async ({ client, serve }) => {
  await serve(0, client.tags);
  const web = client.service('web');
  const others = expect(web).not.toHaveTasks(0);
  await web.scale(1);
  await others;
  await expect(web).toHaveTasks(1);
  await expect(expect(web).not.toHaveTasks(1, { timeout: 1 })).rejects.toThrow(
    'Expected the service web not to have 1 tasks within 0.001 s, and it wants 1, 1 run, 0 start.',
  );
});

test('a timeout reports the last known state', async ({ client, start, serve }) => {
  const task = await start('stubborn', ours);
  await client.waitForRunning(task);
  await expect(client.waitForStopped(task, { timeout: 1 })).rejects.toThrow(
    `Waited 0.001 s for the task ${task} to be STOPPED: it is RUNNING, and is to be RUNNING.`,
  );
  const over = await start('7', ours);
  await client.waitForStopped(over);
  await expect(client.waitForRunning(over)).rejects.toThrow(
    `The task ${over} does not run: EssentialContainerExited, Essential container in task exited`,
  );
  await expect(client.exec(over, 'ls')).rejects.toThrow(`The task ${over} does not run`);
  await serve(0, ours);
  await expect(client.service('web').scale(-1)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(client.service('nobody').counts()).rejects.toThrow('There is no service nobody in the cluster main.');
  await expect(client.task(`${task}0`)).rejects.toThrow(
    `There is no task ${task}0, or it has been stopped for more than an hour.`,
  );
});
