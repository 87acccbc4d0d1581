import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DescribeTasksCommand, ListTasksCommand, StopTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { expect, test } from '@playwright/test';
import { isAlive } from '../run/processes/index.ts';
import { MovableClock, processRunner } from './index.ts';
import {
  cluster,
  definition,
  describeTask,
  openTestCloud,
  runningTask,
  runTask,
  stoppedTask,
} from '../testing/cloud/index.ts';

/** Asks a running program for its own description. */
async function ask(
  task: Task,
): Promise<{ port: number; argv: string[]; folder: string; environment: Record<string, string> }> {
  const { bindIP, hostPort } = task.containers![0]!.networkBindings![0]!;
  return (await (await fetch(`http://${bindIP}:${hostPort}`)).json()) as Awaited<ReturnType<typeof ask>>;
}

test('a task goes through all its states and ends by SIGTERM', async () => {
  await using it = await openTestCloud();
  const arn = await runTask(it.ecs, definition('serve', 'serve'));
  await runningTask(it.ecs, arn);
  expect((await it.ecs.send(new StopTaskCommand({ cluster, task: arn, reason: 'enough' }))).task).toMatchObject({
    desiredStatus: 'STOPPED',
    stopCode: 'UserInitiated',
    stoppedReason: 'enough',
  });

  const task = await stoppedTask(it.ecs, arn);
  expect(
    it.cloud
      .tasks()
      .get(arn)!
      .history.map(({ status }) => status),
  ).toEqual([
    'PROVISIONING',
    'PENDING',
    'ACTIVATING',
    'RUNNING',
    'DEACTIVATING',
    'STOPPING',
    'DEPROVISIONING',
    'STOPPED',
  ]);
  expect(task).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'UserInitiated',
    stoppedReason: 'enough',
    cpu: '256',
    memory: '512',
    containers: [{ lastStatus: 'STOPPED', exitCode: 143 }],
  });
  const moments = [
    task.createdAt,
    task.connectivityAt,
    task.pullStartedAt,
    task.pullStoppedAt,
    task.startedAt,
    task.stoppingAt,
    task.executionStoppedAt,
    task.stoppedAt,
  ].map((moment) => moment!.getTime());
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  expect(it.pids.some(isAlive)).toBe(false);
  expect(readdirSync(path.join(it.folder, 'tasks'))).toEqual([]);
});

test('a container that ignores SIGTERM is killed after its stopTimeout', async () => {
  const clock = new MovableClock();
  await using it = await openTestCloud({ clock });
  const arn = await runTask(it.ecs, definition('stubborn', 'stubborn'));
  await runningTask(it.ecs, arn);
  const log = (): string => it.cloud.tasks().get(arn)!.containers[0]!.log;
  await expect.poll(log).toBe('doing stubborn\nready');
  await it.ecs.send(new StopTaskCommand({ cluster, task: arn }));
  await expect.poll(log).toBe('doing stubborn\nready\nno');
  clock.advance(15_000); // real time passes too on a slow machine
  process.kill(it.pids[0]!, 'SIGTERM'); // a killed process sends nothing any more
  await expect.poll(log).toBe('doing stubborn\nready\nno\nno');
  clock.advance(15_000);
  expect(await stoppedTask(it.ecs, arn)).toMatchObject({
    stopCode: 'UserInitiated',
    stoppedReason: 'Task stopped by user',
    containers: [{ exitCode: 137 }],
  });
});

test('a container that handles SIGTERM keeps its exit code', async () => {
  await using it = await openTestCloud();
  const arn = await runTask(it.ecs, definition('polite', 'polite'));
  await runningTask(it.ecs, arn);
  await expect.poll(() => it.cloud.tasks().get(arn)!.containers[0]!.log).toContain('ready');
  await it.ecs.send(new StopTaskCommand({ cluster, task: arn }));
  expect(await stoppedTask(it.ecs, arn)).toMatchObject({ containers: [{ exitCode: 0 }] });
});

test('a task ends with its essential container, not with another one', async () => {
  await using it = await openTestCloud();
  const arn = await runTask(
    it.ecs,
    definition('crash', '', {
      containerDefinitions: [
        { name: 'essential', image: 'app', command: ['serve'] },
        { name: 'helper', image: 'app', command: ['4'], essential: false },
      ],
    }),
  );
  await expect
    .poll(async () => (await describeTask(it.ecs, arn)).containers)
    .toMatchObject([{ lastStatus: 'RUNNING' }, { lastStatus: 'STOPPED', exitCode: 4 }]);
  expect(await describeTask(it.ecs, arn)).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'RUNNING' });
  process.kill(it.cloud.tasks().get(arn)!.containers[0]!.pid!, 'SIGKILL');
  expect(await stoppedTask(it.ecs, arn)).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ exitCode: 137 }, { exitCode: 4 }],
  });
});

test('a task with an unknown image never starts', async () => {
  await using it = await openTestCloud();
  const arn = await runTask(
    it.ecs,
    definition('nothing', '', { containerDefinitions: [{ name: 'main', image: 'nobody/nothing:1' }] }),
  );
  const task = await stoppedTask(it.ecs, arn);
  expect(task).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: expect.stringMatching(/^CannotPullContainerError: .*nobody\/nothing:1: not found$/),
  });
  expect(task.startedAt).toBeUndefined();
  expect(task.containers![0]!.reason).toBe(task.stoppedReason);
  expect(
    it.cloud
      .tasks()
      .get(arn)!
      .history.map(({ status }) => status),
  ).toEqual(['PROVISIONING', 'PENDING', 'DEPROVISIONING', 'STOPPED']);
});

test('a stopped task is listed for an hour', async () => {
  const clock = new MovableClock();
  await using it = await openTestCloud({ clock });
  const arn = await runTask(it.ecs, definition('short', '0'), { clientToken: 'once' });
  await stoppedTask(it.ecs, arn);
  clock.advance(59 * 60_000);
  expect(await runTask(it.ecs, definition('short', '0'), { clientToken: 'once' })).toBe(arn);
  expect((await it.ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }))).taskArns).toEqual([arn]);
  clock.advance(60_000);
  expect(await it.ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }))).toMatchObject({
    tasks: [],
    failures: [{ arn, reason: 'MISSING' }],
  });
  expect(await runTask(it.ecs, definition('short', '0'), { clientToken: 'once' })).not.toBe(arn);
});

test("a container sees its own environment and none of its owner's", async () => {
  process.env['A_SECRET_OF_THE_OWNER'] = 'hidden';
  await using it = await openTestCloud();
  const arn = await runTask(
    it.ecs,
    definition('serve', '', {
      containerDefinitions: [
        {
          name: 'main',
          image: 'app',
          command: ['serve', 'a "b" $(c)'],
          portMappings: [{ containerPort: 8080 }],
          environment: [
            { name: 'TOLD', value: 'one' },
            { name: 'CHANGED', value: 'before' },
          ],
        },
      ],
    }),
    { overrides: { containerOverrides: [{ name: 'main', environment: [{ name: 'CHANGED', value: 'after' }] }] } },
  );
  const { port, argv, environment, folder } = await ask(await runningTask(it.ecs, arn));
  expect(port).toBe(8080);
  expect(argv).toEqual(['serve', 'a "b" $(c)']);
  expect(folder).toBe(path.join(it.folder, 'tasks', arn.split('/').at(-1)!));
  expect(environment).toEqual({
    PATH: process.env['PATH'],
    TZ: process.env['TZ'] ?? 'UTC',
    HOME: folder,
    ECS_TASK_ARN: arn,
    ECS_CLUSTER: 'main',
    ECS_CONTAINER_METADATA_URI_V4: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v4\/[0-9a-f]{32}-\d{10}$/),
    TOLD: 'one',
    CHANGED: 'after',
  });
  delete process.env['A_SECRET_OF_THE_OWNER'];
});

test('a file-system volume outlives its task, and a scratch volume does not', async () => {
  await using it = await openTestCloud();
  const request = definition('volumes', '', {
    volumes: [{ name: 'workspace', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }, { name: 'scratch' }],
    containerDefinitions: [
      {
        name: 'main',
        image: 'app',
        command: ['serve'],
        portMappings: [{ containerPort: 80 }],
        mountPoints: [
          { sourceVolume: 'workspace', containerPath: '/workspace' },
          { sourceVolume: 'scratch', containerPath: '/scratch' },
        ],
        environment: [
          { name: 'SCRATCH', value: '/scratch' },
          { name: 'ROOT', value: '/workspace' },
          { name: 'PROJECT', value: '/workspace/ana' },
          { name: 'OTHER', value: '/workspaces' },
        ],
      },
    ],
  });
  const first = await runTask(it.ecs, request);
  const { environment } = await ask(await runningTask(it.ecs, first));
  expect(environment).toMatchObject({
    ROOT: path.join(it.folder, 'volumes/fs-1'),
    PROJECT: path.join(it.folder, 'volumes/fs-1/ana'),
    OTHER: '/workspaces',
  });
  for (const volume of ['ROOT', 'SCRATCH']) writeFileSync(path.join(environment[volume]!, 'note'), 'kept');
  await it.ecs.send(new StopTaskCommand({ cluster, task: first }));
  await stoppedTask(it.ecs, first);
  const second = await runTask(it.ecs, request);
  const again = await ask(await runningTask(it.ecs, second));
  expect(readFileSync(path.join(again.environment['ROOT']!, 'note'), 'utf8')).toBe('kept');
  expect(readdirSync(again.environment['SCRATCH']!)).toEqual([]);
});

test('each task has its own port, which ends with it', async () => {
  await using it = await openTestCloud();
  const request = definition('ports', '', {
    containerDefinitions: [{ name: 'main', image: 'app', command: ['serve'], portMappings: [{ containerPort: 80 }] }],
  });
  const [first, second] = [await runTask(it.ecs, request), await runTask(it.ecs, request)];
  const [a, b] = [await runningTask(it.ecs, first), await runningTask(it.ecs, second)];
  expect(a.containers![0]!.networkBindings![0]!.hostPort).not.toBe(b.containers![0]!.networkBindings![0]!.hostPort);
  expect((await ask(a)).environment['ECS_TASK_ARN']).toBe(first);
  await it.ecs.send(new StopTaskCommand({ cluster, task: first }));
  await stoppedTask(it.ecs, first);
  await expect(ask(a)).rejects.toThrow('fetch failed');
  expect((await ask(b)).environment['ECS_TASK_ARN']).toBe(second);
});

test('a program that is late to listen is ended', async ({}, testInfo) => {
  const pids: number[] = [];
  const runner = processRunner((_, pid) => pids.push(pid), 1);
  const program = {
    module: fileURLToPath(new URL('../testing/cloud/program.mjs', import.meta.url)),
    args: ['serve'],
    folders: [],
  };
  await expect(
    runner.start({ name: 'slow', folder: testInfo.outputPath(), program, environment: {}, mounts: [], ports: [80] }),
  ).rejects.toThrow('the program does not take its ports within 0.001 s');
  await expect.poll(() => isAlive(pids[0]!)).toBe(false);
});

test('in Docker, a program gets its ports and ends with its owner', async ({}, testInfo) => {
  const [boot, program] = ['tasks/inside/container.mjs', '../testing/cloud/program.mjs'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  const child = spawn(process.execPath, [boot!, testInfo.outputPath(), '0', program!, 'stubborn'], { stdio: 'pipe' });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  for (const line of ['doing stubborn', 'ready', 'The ports are open.'])
    expect(await lines.next()).toEqual({ done: false, value: line });
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([137, null]);
});
