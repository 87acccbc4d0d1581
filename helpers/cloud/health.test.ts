import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ContainerDefinition, HealthCheck, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import {
  cluster,
  createService,
  definition,
  describeService,
  describeTask,
  runningTask,
  runTask,
  stableService,
  stoppedTask,
  tasksOfService,
  test as base,
  type TestCloud,
} from '../testing/cloud/index.ts';
import { withFault } from '../faults/inject.ts';
import { MovableClock } from './index.ts';
import type { Container } from './state.ts';
import { type HealthChecks, healthChecks as ours } from './tasks/health.ts';
import type { RunningContainer } from './tasks/runner.ts';

const test = base.extend<{ healthChecks: HealthChecks }>({
  healthChecks: async ({ fault }, use) => use((await withFault('cloud', { healthChecks: ours }, fault)).healthChecks),
});

/** Milliseconds between two health checks. */
const interval = 5_000;
/** Succeeds while the task's folder has a file of this name. */
const healthCheck = { command: ['CMD-SHELL', 'test -f well'], interval: 5, retries: 2 };

function checked(...others: ContainerDefinition[]): Partial<RegisterTaskDefinitionRequest> {
  return { containerDefinitions: [{ name: 'main', image: 'app', command: ['serve'], healthCheck }, ...others] };
}

function heal({ cloud }: TestCloud, task: string): void {
  writeFileSync(path.join(cloud.tasks().get(task)!.folder, 'well'), '');
}

test("a container's health check is carried out", async ({ openCloud }) => {
  const clock = new MovableClock();
  const it = await openCloud({ clock });
  const task = await runTask(
    it.ecs,
    definition('web', '', checked({ name: 'other', image: 'app', command: ['serve'], essential: false })),
  );
  const health = async (): Promise<unknown> => {
    const { healthStatus, containers } = await describeTask(it.ecs, task);
    return [healthStatus, ...containers!.map((container) => container.healthStatus)];
  };
  await runningTask(it.ecs, task);
  expect(await health()).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
  heal(it, task);
  clock.advance(interval);
  await expect.poll(health).toEqual(['HEALTHY', 'HEALTHY', 'UNKNOWN']);
  expect(await describeTask(it.ecs, task)).toMatchObject({ lastStatus: 'RUNNING' });
});

/**
 * A container whose checks end with these codes, one after another. One without a code goes on until it is killed, and
 * then says that all is well.
 */
function scripted(...codes: readonly (number | undefined)[]): RunningContainer {
  const left = [...codes];
  return {
    pid: 1,
    bindings: [],
    log: '',
    ended: new Promise(() => undefined),
    signal: () => undefined,
    stats: () => Promise.resolve(undefined),
    execute: () => {
      const { promise, resolve } = settleable<number>();
      const code = left.shift();
      if (code !== undefined) resolve(code);
      return { output: Readable.from([]), errors: Readable.from([]), ended: promise, kill: () => resolve(0) };
    },
    executeInTerminal: () => {
      throw new Error('It is none.');
    },
  };
}

function settleable<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The health after each check that ends with one of these codes. */
async function healthAfter(
  { watch }: HealthChecks,
  check: Partial<HealthCheck>,
  ...codes: readonly (number | undefined)[]
): Promise<(string | undefined)[]> {
  const clock = new MovableClock();
  const container = { definition: { healthCheck: { ...healthCheck, ...check } }, health: 'UNKNOWN' } as Container;
  watch(container, scripted(...codes), clock, () => undefined);
  const seen: (string | undefined)[] = [];
  for (const code of codes) {
    clock.advance(interval);
    await setImmediate();
    if (code === undefined) clock.advance(interval); // its timeout
    await setImmediate();
    seen.push(container.health);
  }
  return seen;
}

test('a container is unhealthy after as many failures in a row as it may have', async ({ healthChecks }) => {
  expect(await healthAfter(healthChecks, {}, 1, 1, 1, 0)).toEqual(['UNKNOWN', 'UNHEALTHY', 'UNHEALTHY', 'HEALTHY']);
  expect(await healthAfter(healthChecks, {}, 1, 0, 1, 1)).toEqual(['UNKNOWN', 'HEALTHY', 'HEALTHY', 'UNHEALTHY']);
});

test('a health check that takes too long has failed', async ({ healthChecks }) => {
  expect(await healthAfter(healthChecks, { retries: 1 }, undefined)).toEqual(['UNHEALTHY']);
});

test('failures while a container starts do not count, until a check has succeeded', async ({ healthChecks }) => {
  const startPeriod = 60;
  expect(await healthAfter(healthChecks, { startPeriod, retries: 1 }, 1, 1, 0, 1)).toEqual([
    'UNKNOWN',
    'UNKNOWN',
    'HEALTHY',
    'UNHEALTHY',
  ]);
});

test('an unhealthy task of a service is replaced, when its grace period is over', async ({ openCloud }) => {
  const clock = new MovableClock();
  const it = await openCloud({ clock });
  await createService(it.ecs, 'serve', 0);
  await it.ecs.registerTaskDefinition(definition('web', '', checked()));
  await it.ecs.updateService({
    cluster,
    service: 'web',
    taskDefinition: 'web',
    desiredCount: 1,
    healthCheckGracePeriodSeconds: 20,
  });
  await expect.poll(() => tasksOfService(it.ecs)).toHaveLength(1);
  const [task] = await tasksOfService(it.ecs);
  await runningTask(it.ecs, task!);
  await expect
    .poll(async () => {
      clock.advance(interval / 2);
      return (await describeTask(it.ecs, task!)).healthStatus;
    })
    .toBe('UNHEALTHY');
  clock.advance(20_000);
  await expect.poll(async () => (await describeTask(it.ecs, task!)).desiredStatus).toBe('STOPPED');
  expect(await stoppedTask(it.ecs, task!)).toMatchObject({
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed container health checks',
  });
  expect((await describeService(it.ecs)).events!.map(({ message }) => message)).toContain(
    `(service web) (task ${task!.split('/').at(-1)}) failed container health checks.`,
  );
});

test('a deployment waits for the health of its tasks before it stops older ones', async ({ openCloud }) => {
  const clock = new MovableClock();
  const it = await openCloud({ clock });
  await createService(it.ecs, 'serve', 1);
  await stableService(it.ecs);
  const [old] = await tasksOfService(it.ecs);
  await it.ecs.registerTaskDefinition(definition('web', '', checked()));
  await it.ecs.updateService({ cluster, service: 'web', taskDefinition: 'web' });
  await expect.poll(() => tasksOfService(it.ecs)).toHaveLength(2);
  const young = (await tasksOfService(it.ecs)).find((arn) => arn !== old)!;
  await runningTask(it.ecs, young);
  expect(await describeTask(it.ecs, old!)).toMatchObject({ desiredStatus: 'RUNNING' });
  heal(it, young);
  clock.advance(interval);
  await stoppedTask(it.ecs, old!);
});

test('containers start in the order of their dependencies', async ({ it }) => {
  const container = (name: string, what: string, rest: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
    name,
    image: 'app',
    command: [what],
    essential: name === 'main',
    ...rest,
  });
  const start = async (code: string): Promise<string> =>
    runTask(
      it.ecs,
      definition('web', '', {
        containerDefinitions: [
          container('main', 'serve', { dependsOn: [{ containerName: 'migration', condition: 'SUCCESS' }] }),
          container('migration', code, { dependsOn: [{ containerName: 'proxy', condition: 'START' }] }),
          container('proxy', 'serve'),
        ],
      }),
    );
  const task = await runningTask(it.ecs, await start('0'));
  expect(task.containers).toMatchObject([
    { name: 'main', lastStatus: 'RUNNING' },
    { name: 'migration', lastStatus: 'STOPPED', exitCode: 0 },
    { name: 'proxy', lastStatus: 'RUNNING' },
  ]);
  expect(await stoppedTask(it.ecs, await start('3'))).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'The container main cannot start: migration has not become SUCCESS',
    containers: [{ reason: expect.stringContaining('cannot start') }, { exitCode: 3 }, {}],
  });
});

test('a container waits no longer than the startTimeout of what it depends on', async ({ openCloud }) => {
  const clock = new MovableClock();
  const it = await openCloud({ clock });
  const task = await runTask(
    it.ecs,
    definition('web', '', {
      containerDefinitions: [
        { name: 'main', image: 'app', dependsOn: [{ containerName: 'database', condition: 'HEALTHY' }] },
        { name: 'database', image: 'app', command: ['serve'], healthCheck, startTimeout: 4 },
      ],
    }),
  );
  await expect.poll(async () => (await describeTask(it.ecs, task)).containers![1]!.lastStatus).toBe('RUNNING');
  clock.advance(4_000);
  expect(await stoppedTask(it.ecs, task)).toMatchObject({
    stoppedReason: 'The container main cannot start: database has not become HEALTHY',
  });
});

for (const [what, containers, message] of [
  ['in a circle', [{ name: 'one', dependsOn: [{ containerName: 'one', condition: 'START' }] }], 'in a circle'],
  ['on an unknown container', [{ name: 'one', dependsOn: [{ containerName: 'x', condition: 'START' }] }], 'unknown'],
  [
    'on the success of an essential container',
    [{ name: 'one' }, { name: 'two', dependsOn: [{ containerName: 'one', condition: 'SUCCESS' }] }],
    'essential',
  ],
  [
    'on the health of a container without a check',
    [{ name: 'one' }, { name: 'two', dependsOn: [{ containerName: 'one', condition: 'HEALTHY' }] }],
    'no health check',
  ],
] as const)
  test(`containers that depend ${what} are refused`, async ({ it: { ecs } }) => {
    const containerDefinitions = containers.map((container) => ({ image: 'app', ...structuredClone(container) }));
    await expect(
      ecs.registerTaskDefinition(
        definition('web', '', { containerDefinitions: containerDefinitions as unknown as ContainerDefinition[] }),
      ),
    ).rejects.toMatchObject({ name: 'ClientException', message: expect.stringContaining(message) });
  });
