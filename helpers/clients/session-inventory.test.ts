import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ECSClient, RunTaskCommand, StopTaskCommand, waitUntilTasksRunning } from '@aws-sdk/client-ecs';
import { expect, test } from '../../fixtures/index.ts';
import { launch } from '../testing/cloud/index.ts';
import type { OpenSessionPlatform } from '../platform/index.ts';
import { queue } from '../platform/sessions/store/queue.ts';
import { sessionStore } from '../platform/sessions/store/session-store.ts';
import { stopProcess } from '../run/processes/index.ts';
import { leftBehind, type LeftBehind, nothing } from './session-inventory.ts';

/** A leftover: how to identify and how to remove it. */
interface Leftover {
  readonly id: string | number;
  end(): unknown;
}

const orphans: Readonly<Record<keyof LeftBehind, (platform: OpenSessionPlatform) => Promise<Leftover> | Leftover>> = {
  async tasks({ cloud: { endpoint, region, credentials }, cluster, service }) {
    const ecs = new ECSClient({ endpoint, region, credentials });
    const { tasks } = await ecs.send(new RunTaskCommand({ cluster, taskDefinition: service, ...launch }));
    const task = tasks![0]!.taskArn!;
    await waitUntilTasksRunning({ client: ecs, minDelay: 1, maxWaitTime: 20 }, { cluster, tasks: [task] });
    return { id: task, end: () => ecs.send(new StopTaskCommand({ cluster, task })).finally(() => ecs.destroy()) };
  },

  processes({ folder }) {
    const { pid } = spawn(
      process.execPath,
      ['--eval', 'setInterval(() => {}, 1000)', path.join(folder, 'tasks', 'gone')],
      { stdio: 'ignore' },
    );
    return { id: pid!, end: () => stopProcess(pid!, 'SIGKILL') };
  },

  folders({ folder }) {
    const id = path.join(folder, 'tasks', 'gone');
    mkdirSync(id, { recursive: true });
    return { id, end: () => rmSync(id, { recursive: true }) };
  },

  async ports({ network }) {
    let end = (): void => undefined;
    const none = (): never => {
      throw new Error('It is none.');
    };
    const ended = new Promise<number>((resolve) => {
      end = () => resolve(0);
    });
    const container = {
      pid: 0,
      bindings: [{ containerPort: 8080, hostPort: 1 }],
      log: '',
      ended,
      signal: () => undefined,
      stats: none,
      execute: none,
      executeInTerminal: none,
    };
    const taskRunner = network.connect({ start: () => Promise.resolve(container) });
    const { bindings } = await taskRunner.start({
      name: 'task-gone-workspace',
      folder: '',
      program: { module: '', args: [], folders: [] },
      environment: {},
      mounts: [],
      ports: [8080],
    });
    return { id: bindings[0]!.hostPort, end };
  },

  async sessions({ postgres: { pool }, supervisor }) {
    await supervisor.process('hermes').stop(); // it would clean up
    await sessionStore.open(pool, {
      id: 'gone',
      client: 'ana',
      user: 'ana',
      thread: 'thread',
      key: 'key',
      most: 1,
      lock: 1_000,
    });
    return { id: 'gone', end: () => pool.query(`DELETE FROM sessions WHERE id = 'gone'`) };
  },

  async messages({ postgres: { pool }, supervisor }) {
    await supervisor.process('hermes').stop();
    await queue.send(pool, 'gone', {
      clientId: 'ana',
      userId: 'ana',
      threadId: undefined,
      text: 'Add a page',
      sessionId: undefined,
      mail: undefined,
    });
    return { id: 'gone', end: () => queue.finish(pool, 'gone') };
  },
};

test('a finished session leaves nothing, and an unfinished one is left behind with its task', async ({
  sessionPlatform,
  createSession,
  cloud,
}) => {
  expect(await leftBehind(sessionPlatform), 'before the first').toEqual(nothing);
  const session = await createSession('Add a new page called "Home"');
  await session.waitFor('active');
  await expect
    .poll(() => leftBehind(sessionPlatform))
    .toEqual({
      ...nothing,
      sessions: [session.id],
      tasks: (await cloud.tasksOf(session.id)).map(({ taskArn }) => taskArn),
    });
  await session.end();
  await expect.poll(() => leftBehind(sessionPlatform)).toEqual(nothing);
});

for (const [kind, make] of Object.entries(orphans)) {
  test(`left-behind ${kind} is found`, async ({ sessionPlatform, sessionChaos }) => {
    const { id, end } = await make(sessionPlatform);
    expect(await leftBehind(sessionPlatform)).toEqual({ ...nothing, [kind]: [id] });
    await end();
    await sessionChaos.restore();
    await expect.poll(() => leftBehind(sessionPlatform)).toEqual(nothing);
  });
}
