import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  GetTaskProtectionCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
  waitUntilServicesInactive,
} from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import { isAlive } from '../run/processes/index.ts';
import { MovableClock } from './index.ts';
import type { RunningContainer } from './tasks/runner.ts';
import {
  cluster,
  createService,
  definition,
  describeService,
  describeTask,
  launch,
  openTestCloud,
  soon,
  stableService,
  stoppedTask,
  tasksOfService,
  test,
} from '../testing/cloud/index.ts';

const minute = 60_000;
/** A long delay before the second attempt to start a task. */
const slowly = { throttle: { first: minute, most: 27 * minute } };

test('a service scales to its desired count, up and down, and records events', async () => {
  await using it = await openTestCloud();
  await createService(it.ecs, 'serve', 2);
  const service = await stableService(it.ecs);
  expect(service).toMatchObject({
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    deployments: [{ status: 'PRIMARY', desiredCount: 2, runningCount: 2, failedTasks: 0, rolloutState: 'COMPLETED' }],
  });
  expect(service.events!.map(({ message }) => message!.replaceAll(/[0-9a-f]{32}|ecs-svc\/\d{19}/g, '…'))).toEqual([
    '(service web) has reached a steady state.',
    '(service web) (deployment …) deployment completed.',
    '(service web) has started 2 tasks: (task …) (task …).',
  ]);
  const before = await tasksOfService(it.ecs);
  await it.ecs.send(new UpdateServiceCommand({ cluster, service: 'web', desiredCount: 1 }));
  await stableService(it.ecs);
  const [kept] = await tasksOfService(it.ecs);
  const stopped = before.find((arn) => arn !== kept)!;
  expect(await stoppedTask(it.ecs, stopped)).toMatchObject({
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: `Scaling activity initiated by (deployment ${service.deployments![0]!.id})`,
    containers: [{ exitCode: 143 }],
  });
});

test('a task that crashes is replaced at once', async () => {
  await using it = await openTestCloud();
  await createService(it.ecs, 'serve', 1);
  await stableService(it.ecs);
  const [first] = await tasksOfService(it.ecs);
  process.kill(it.cloud.tasks().get(first!)!.containers[0]!.pid!, 'SIGKILL');
  expect(await stoppedTask(it.ecs, first!)).toMatchObject({
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 137 }],
  });
  await stableService(it.ecs);
  const second = await tasksOfService(it.ecs);
  expect(second).toHaveLength(1);
  expect(second).not.toContain(first);
});

test('failing starts are throttled until the image exists', async () => {
  const clock = new MovableClock();
  let isThere = false;
  await using it = await openTestCloud({
    clock,
    times: slowly,
    compose: (parts) => ({ ...parts, registry: { pull: (image) => parts.registry.pull(isThere ? image : 'nothing') } }),
  });
  const failedTasks = async (): Promise<number | undefined> =>
    (await describeService(it.ecs)).deployments![0]!.failedTasks;
  /** The times of a service's events with this text, in order. */
  const moments = async (text: string): Promise<number[]> =>
    (await describeService(it.ecs))
      .events!.filter(({ message }) => message!.includes(text))
      .map(({ createdAt }) => createdAt!.getTime())
      .toReversed();
  const pass = async (minutes: number): Promise<void> => {
    clock.advance((minutes - 0.5) * minute);
    await describeService(it.ecs); // a premature start would precede this answer
    clock.advance(0.5 * minute);
  };

  await createService(it.ecs, 'serve', 1);
  await expect.poll(failedTasks).toBe(1);
  expect(await moments('unable to consistently start tasks')).toEqual([]);
  for (const [place, minutes] of [1, 2, 4, 8, 16, 27].entries()) {
    await pass(minutes);
    await expect.poll(failedTasks).toBe(place + 2);
  }
  expect(
    await moments(
      '(service web) is unable to consistently start tasks successfully. For more information, see the ' +
        'Troubleshooting section of the Amazon ECS Developer Guide.',
    ),
  ).toHaveLength(1);
  isThere = true;
  await pass(27);
  expect((await stableService(it.ecs)).deployments).toMatchObject([{ failedTasks: 0, rolloutState: 'COMPLETED' }]);
  const starts = await moments('has started 1 tasks');
  expect(starts.slice(1).map((start, place) => Math.floor((start - starts[place]!) / minute))).toEqual([
    1, 2, 4, 8, 16, 27, 27,
  ]);
});

test('a new task definition is deployed without a gap', async () => {
  await using it = await openTestCloud();
  await createService(it.ecs, 'serve', 2);
  const { deployments: [old] = [] } = await stableService(it.ecs);
  const before = await tasksOfService(it.ecs);
  const { taskDefinition } = await it.ecs.send(new RegisterTaskDefinitionCommand(definition('web', 'polite')));
  expect(taskDefinition!.revision).toBe(2);

  const { service } = await it.ecs.send(new UpdateServiceCommand({ cluster, service: 'web', taskDefinition: 'web' }));
  expect(service!.deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: taskDefinition!.taskDefinitionArn },
    { status: 'ACTIVE', id: old!.id },
  ]);
  const stable = await stableService(it.ecs);
  expect(stable).toMatchObject({
    runningCount: 2,
    taskDefinition: taskDefinition!.taskDefinitionArn,
    deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
  });
  // At least two were running at each moment: each old task ended after a new one had started.
  const at = (arn: string, status: string): number =>
    it.cloud
      .tasks()
      .get(arn)!
      .history.find((one) => one.status === status)!
      .at.getTime();
  const after = await tasksOfService(it.ecs);
  expect(before.filter((arn) => after.includes(arn))).toEqual([]);
  const starts = after.map((arn) => at(arn, 'RUNNING')).toSorted((a, b) => a - b);
  const ends = before.map((arn) => at(arn, 'DEACTIVATING')).toSorted((a, b) => a - b);
  for (const [place, end] of ends.entries()) expect(end).toBeGreaterThanOrEqual(starts[place]!);
});

test('a forced deployment at full capacity stops old tasks before it starts new ones', async () => {
  await using it = await openTestCloud();
  await createService(it.ecs, 'serve', 1, {
    deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
  });
  await stableService(it.ecs);
  const [old] = await tasksOfService(it.ecs);
  await it.ecs.send(new UpdateServiceCommand({ cluster, service: 'web', forceNewDeployment: true }));
  await stableService(it.ecs);
  const [young] = await tasksOfService(it.ecs);
  const history = (arn: string): { status: string; at: Date }[] => [...it.cloud.tasks().get(arn)!.history];
  expect(history(old!).at(-1)).toMatchObject({ status: 'STOPPED' });
  expect(history(young!)[0]!.at.getTime()).toBeGreaterThanOrEqual(history(old!).at(-1)!.at.getTime());
});

test('a deployment that can neither start nor stop tasks says so once', async ({ it }) => {
  await createService(it.ecs, 'serve', 1, {
    deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 },
  });
  await stableService(it.ecs);
  await it.ecs.send(new UpdateServiceCommand({ cluster, service: 'web', forceNewDeployment: true }));
  const told = async (): Promise<unknown> =>
    (await describeService(it.ecs))
      .events!.map(({ message }) => message)
      .filter((message) => message!.includes('was unable to stop or start tasks'));
  const event =
    '(service web) was unable to stop or start tasks during a deployment because of the service deployment ' +
    'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.';
  await expect.poll(told).toEqual([event]);
  expect(await describeService(it.ecs)).toMatchObject({ deployments: [{ rolloutState: 'IN_PROGRESS' }, {}] });
  await it.ecs.send(
    new UpdateServiceCommand({ cluster, service: 'web', deploymentConfiguration: { maximumPercent: 200 } }),
  );
  await stableService(it.ecs);
  expect(await told()).toEqual([event]);
});

test('a deployment of no tasks completes', async ({ it }) => {
  await createService(it.ecs, 'serve', 0);
  await expect.poll(async () => (await describeService(it.ecs)).deployments![0]!.rolloutState).toBe('COMPLETED');
});

test('a deployment that cannot start is rolled back by the circuit breaker', async () => {
  const clock = new MovableClock();
  await using it = await openTestCloud({ clock });
  await createService(it.ecs, 'serve', 1, {
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  await stableService(it.ecs);
  const before = await tasksOfService(it.ecs);
  await it.ecs.send(
    new RegisterTaskDefinitionCommand(
      definition('web', '', { containerDefinitions: [{ name: 'main', image: 'not-there' }] }),
    ),
  );
  await it.ecs.send(new UpdateServiceCommand({ cluster, service: 'web', taskDefinition: 'web' }));
  for (const failures of [1, 2]) {
    await expect
      .poll(async () => (await describeService(it.ecs)).deployments!.map(({ failedTasks }) => failedTasks))
      .toEqual([failures, 0]);
    clock.advance(10_000);
  }
  await expect
    .poll(async () =>
      (await describeService(it.ecs)).events!.some(({ message }) => message!.includes('rolling back to deployment')),
    )
    .toBe(true);
  const stable = await stableService(it.ecs);
  expect(stable.taskDefinition).toMatch(/task-definition\/web:1$/);
  expect((await tasksOfService(it.ecs)).filter((arn) => before.includes(arn))).toEqual([]);
});

test('a protected task is spared when a service is scaled in, until the protection ends', async () => {
  const clock = new MovableClock();
  await using it = await openTestCloud({ clock });
  await createService(it.ecs, 'serve', 3);
  await stableService(it.ecs);
  const [first, ...others] = await tasksOfService(it.ecs);
  const { protectedTasks } = await it.ecs.send(
    new UpdateTaskProtectionCommand({ cluster, tasks: [first!], protectionEnabled: true, expiresInMinutes: 10 }),
  );
  expect(protectedTasks).toEqual([{ taskArn: first, protectionEnabled: true, expirationDate: expect.any(Date) }]);

  await it.ecs.send(new UpdateServiceCommand({ cluster, service: 'web', desiredCount: 0 }));
  for (const arn of others) await stoppedTask(it.ecs, arn);
  expect(await describeTask(it.ecs, first!)).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'RUNNING' });
  clock.advance(10 * minute);
  await stoppedTask(it.ecs, first!);
  expect((await it.ecs.send(new GetTaskProtectionCommand({ cluster, tasks: [first!] }))).failures).toMatchObject([
    { arn: first, reason: 'TASK_NOT_VALID' },
  ]);
});

test('a service is deleted when it is scaled to nothing, or by force, and drains', async () => {
  await using it = await openTestCloud();
  await createService(it.ecs, 'serve', 1);
  await stableService(it.ecs);
  await expect(it.ecs.send(new DeleteServiceCommand({ cluster, service: 'web' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'The service cannot be stopped while it is scaled above 0.',
  });
  const { service } = await it.ecs.send(new DeleteServiceCommand({ cluster, service: 'web', force: true }));
  expect(service).toMatchObject({ status: 'DRAINING', desiredCount: 0, runningCount: 1 });
  await waitUntilServicesInactive({ client: it.ecs, ...soon }, { cluster, services: ['web'] });
  expect(await describeService(it.ecs)).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
  await expect(
    it.ecs.send(new UpdateServiceCommand({ cluster, service: 'web', desiredCount: 1 })),
  ).rejects.toMatchObject({ name: 'ServiceNotActiveException', message: 'Service was not ACTIVE.' });
  expect(it.pids.some(isAlive)).toBe(false);
});

test('a deleted service does not touch the tasks of a later one of its name', async () => {
  const clock = new MovableClock();
  let isThere = false;
  await using it = await openTestCloud({
    clock,
    times: slowly,
    compose: (parts) => ({ ...parts, registry: { pull: (image) => parts.registry.pull(isThere ? image : 'nothing') } }),
  });
  await createService(it.ecs, 'serve', 1);
  await expect.poll(async () => (await describeService(it.ecs)).deployments![0]!.failedTasks).toBe(1);
  await it.ecs.send(new DeleteServiceCommand({ cluster, service: 'web', force: true }));
  await waitUntilServicesInactive({ client: it.ecs, ...soon }, { cluster, services: ['web'] });
  isThere = true;
  await createService(it.ecs, 'serve', 1);
  await stableService(it.ecs);
  const before = await tasksOfService(it.ecs);
  clock.advance(minute); // the first service's next attempt would be due
  expect(await tasksOfService(it.ecs)).toEqual(before);
});

test('a task that ends before it runs counts as a failed start', async () => {
  let before: RunningContainer | undefined;
  await using it = await openTestCloud({
    times: slowly,
    compose: (parts) => ({
      ...parts,
      taskRunner: {
        start: async (plan) => {
          await before?.ended;
          before = await parts.taskRunner.start(plan);
          return before;
        },
      },
    }),
  });
  await it.ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  await it.ecs.send(
    new RegisterTaskDefinitionCommand(
      definition('web', '', {
        containerDefinitions: [
          { name: 'one', image: 'app', command: ['1'] },
          { name: 'other', image: 'app', command: ['1'] },
        ],
      }),
    ),
  );
  await it.ecs.send(
    new CreateServiceCommand({ cluster, serviceName: 'web', taskDefinition: 'web', desiredCount: 1, ...launch }),
  );
  await expect.poll(async () => (await describeService(it.ecs)).deployments![0]!.failedTasks).toBe(1);
  const [arn] = (await it.ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }))).taskArns!;
  expect(await stoppedTask(it.ecs, arn!)).toMatchObject({
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 1 }, {}],
  });
  expect(
    it.cloud
      .tasks()
      .get(arn!)!
      .history.map(({ status }) => status),
  ).toEqual(['PROVISIONING', 'PENDING', 'ACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED']);
});

test('a control plane that is shutting down starts nothing', async () => {
  const it = await openTestCloud();
  await createService(it.ecs, 'serve', 2);
  await stableService(it.ecs);
  await it[Symbol.asyncDispose]();
  expect([...it.cloud.tasks().values()].map(({ history }) => history.at(-1)!.status)).toEqual(['STOPPED', 'STOPPED']);
  expect(it.pids.some(isAlive)).toBe(false);
});
