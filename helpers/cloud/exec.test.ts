import { once } from 'node:events';
import { connect } from 'node:net';
import {
  ExecuteCommandCommand,
  RunTaskCommand,
  StopTaskCommand,
  type ECSClient,
  type Session,
} from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import { WebSocket } from 'ws';
import { isAlive } from '../run/processes/index.ts';
import { splitCommand } from './exec/argv.ts';
import { runInSession } from './index.ts';
import {
  cluster,
  definition,
  launch,
  openTestCloud,
  runningTask,
  runTask,
  stoppedTask,
  test,
  type TestCloud,
} from '../testing/cloud/index.ts';

async function startTask(ecs: ECSClient): Promise<string> {
  const arn = await runTask(
    ecs,
    definition('shell', '', {
      containerDefinitions: [
        { name: 'main', image: 'app', command: ['serve'], environment: [{ name: 'TOLD', value: 'one' }] },
      ],
    }),
    { enableExecuteCommand: true },
  );
  await runningTask(ecs, arn);
  return arn;
}

async function execute({ ecs }: TestCloud, task: string, command: string, input = ''): Promise<string> {
  const { session } = await ecs.send(new ExecuteCommandCommand({ cluster, task, command, interactive: true }));
  return runInSession(session!, { input });
}

test('a command runs in the container, in a terminal, and all that it writes arrives', async ({ it }) => {
  const task = await startTask(it.ecs);
  expect(await execute(it, task, 'sh -c "pwd; echo $TOLD; echo problem >&2; exit 3"')).toBe(
    `${it.cloud.tasks().get(task)!.folder}\r\none\r\nproblem\r\n`,
  );
  expect(await execute(it, task, 'tty')).toMatch(/^\/dev\/\S+\r\n$/);
  expect(await execute(it, task, 'not-a-program')).toBe(
    'exec: "not-a-program": executable file not found in $PATH\r\n',
  );
});

test('an interactive shell answers what is typed, in a terminal of the size of its client', async ({ it }) => {
  const task = await startTask(it.ecs);
  const written = await execute(it, task, 'sh', 'echo $((20 + 22)); stty size; exit\r');
  expect(written).toContain('42\r\n100 1000\r\n');
});

test('a command ends although a process that it has started holds its terminal', async ({ it }) => {
  const task = await startTask(it.ecs);
  const written = await execute(it, task, `sh -c "trap '' HUP; sleep 100 & echo $!"`);
  expect(written).toMatch(/^\d+\r\n$/);
  process.kill(Number(written), 'SIGKILL');
});

test('a megabyte of output arrives complete and in order while another command runs', async () => {
  test.slow();
  await using it = await openTestCloud();
  const task = await startTask(it.ecs);
  const many = `node -e "for (let line = 0; line < 150000; line++) console.log(String(line))"`;
  const [first, second] = await Promise.all([execute(it, task, many), execute(it, task, 'echo beside')]);
  expect(first.length).toBeGreaterThan(1_000_000 - 100_000);
  expect(first).toBe(Array.from({ length: 150_000 }, (_, line) => `${line}\r\n`).join(''));
  expect(second).toBe('beside\r\n');
});

test('a command is never passed to a shell', async () => {
  await using it = await openTestCloud();
  const task = await startTask(it.ecs);
  const print = 'node -p "JSON.stringify(process.argv.slice(1))"';
  const output = await execute(
    it,
    task,
    `${print} 'it''s' "a \\"b\\" $(touch hacked)" ; '|' "two\nlines" \`id\` $HOME \\$x "" *`,
  );
  expect(JSON.parse(output)).toEqual([
    'its',
    'a "b" $(touch hacked)',
    ';',
    '|',
    'two\nlines',
    '`id`',
    '$HOME',
    '$x',
    '',
    '*',
  ]);
  expect(await execute(it, task, 'ls')).toBe('');
});

test("a command line is split by the shell's quoting rules", () => {
  expect(splitCommand('a  \'b c\'d "e\\\\f" g\\ h')).toEqual(['a', 'b cd', 'e\\f', 'g h']);
  expect(splitCommand('a "b')).toBeUndefined();
  expect(splitCommand('  ')).toEqual([]);
});

test('a session without its token is refused', async () => {
  await using it = await openTestCloud();
  const task = await startTask(it.ecs);
  const { session } = await it.ecs.send(
    new ExecuteCommandCommand({ cluster, task, command: 'touch done', interactive: true }),
  );
  await expect(runInSession({ ...session!, tokenValue: 'x'.repeat(64) })).rejects.toThrow(
    'The session ended before its command did: 1008 The token is not valid',
  );
  await expect(
    runInSession({ ...session!, streamUrl: session!.streamUrl!.replace('ecs-execute-command', 'another') }),
  ).rejects.toThrow('Unexpected server response: 404');
  expect(await execute(it, task, 'ls')).toBe('');
});

test('a session is used once and ends with its container', async () => {
  await using it = await openTestCloud();
  const task = await startTask(it.ecs);
  const open = async (): Promise<Session> =>
    (await it.ecs.send(new ExecuteCommandCommand({ cluster, task, command: 'echo once', interactive: true }))).session!;
  const session = await open();
  const results = await Promise.allSettled([runInSession(session), runInSession(session)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await expect(runInSession(session)).rejects.toThrow('Unexpected server response: 404');
  const late = await open();
  await it.ecs.send(new StopTaskCommand({ cluster, task }));
  await stoppedTask(it.ecs, task);
  await expect(runInSession(late)).rejects.toThrow('Unexpected server response: 404');
});

test('a command over its timeout is ended', async () => {
  await using it = await openTestCloud();
  const task = await startTask(it.ecs);
  let timeout = 500;
  let said = '';
  await expect(async () => {
    timeout *= 2; // until it suffices on this machine
    const { session } = await it.ecs.send(
      new ExecuteCommandCommand({ cluster, task, command: 'sh -c "echo $$; exec sleep 1000"', interactive: true }),
    );
    said = await runInSession(session!, { timeout }).then(
      () => 'ended',
      (error: Error) => error.message,
    );
    expect(said).toMatch(
      new RegExp(`^The command has not ended within ${timeout / 1000} s; so far it wrote: \\d+\r\n$`),
    );
  }).toPass({ intervals: [0] });
  await expect.poll(() => isAlive(Number(/(\d+)\r\n$/.exec(said)![1]))).toBe(false);
});

test('a command ends with its container', async () => {
  await using it = await openTestCloud();
  const task = await startTask(it.ecs);
  const { session } = await it.ecs.send(
    new ExecuteCommandCommand({ cluster, task, command: 'sleep 1000', interactive: true }),
  );
  const ended = runInSession(session!);
  await expect.poll(() => it.pids.length).toBe(2);
  await it.ecs.send(new StopTaskCommand({ cluster, task }));
  expect(await ended).toBe('');
});

test('a task that is not ready for commands is refused with the reason', async () => {
  await using it = await openTestCloud();
  const task = await startTask(it.ecs);
  const ask = (options: object): Promise<unknown> =>
    it.ecs.send(new ExecuteCommandCommand({ cluster, task, command: 'ls', interactive: true, ...options }));
  const { tasks } = await it.ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'shell', ...launch }));
  await expect(ask({ task: tasks![0]!.taskArn })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('execute command was not enabled when the task was run'),
  });
  await expect(ask({ interactive: false })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'Interactive is the only mode supported currently.',
  });
  await expect(ask({ command: 'echo "' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(ask({ task: 'nobody' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'The referenced task was not found.',
  });
  await it.ecs.send(new StopTaskCommand({ cluster, task }));
  await stoppedTask(it.ecs, task);
  await expect(ask({})).rejects.toMatchObject({ name: 'TargetNotConnectedException' });
});

test('a malformed message ends its session and disturbs no other', async () => {
  await using it = await openTestCloud();
  const task = await startTask(it.ecs);
  const { session } = await it.ecs.send(new ExecuteCommandCommand({ cluster, task, command: 'ls', interactive: true }));
  const socket = new WebSocket(session!.streamUrl!);
  socket.once('open', () => socket.send(Buffer.from('no token')));
  const closed = new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve([code, reason.toString()]));
  });
  expect(await closed).toEqual([1008, 'That is no message of a session']);

  const rude = connect(Number(new URL(session!.streamUrl!).port), '127.0.0.1');
  rude.write(
    `GET ${new URL(session!.streamUrl!).pathname} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n` +
      `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n\r\n`,
  );
  await once(rude, 'data');
  rude.write('this is no frame');
  await once(rude.resume(), 'close');
  expect(await execute(it, task, 'echo fine')).toBe('fine\r\n');
});
