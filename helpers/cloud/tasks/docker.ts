import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { type Engine, engineWith } from '../../run/containers/index.ts';
import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { signalGroup } from '../../run/processes/index.ts';
import { engineLost, labelsOf, type RunFolder, throwLost } from '../../run/index.ts';
import { Log } from './log.ts';
import { outOfMemory } from './memory.ts';
import { takesPorts } from './ports.ts';
import type {
  ContainerPlan,
  RunningCommand,
  RunningContainer,
  TaskRunner,
  TerminalCommand,
  TerminalSize,
} from './runner.ts';

const inside = fileURLToPath(new URL('inside', import.meta.url));
const host = '127.0.0.1';
/** The message of `inside/container.mjs` when its program listens on its ports. */
const portsAreOpen = 'The ports are open.';
/** Milliseconds for a program to begin to listen. */
const patience = 30_000;
/** The exit code after SIGKILL. */
const killed = 137;

export interface DockerOptions {
  /** The run that its containers belong to. */
  readonly folder: RunFolder;
  /** The image, with Node.js 20.19 or newer. */
  readonly image: string;
  /** Records the first process of each container, so that it can be ended when its owner was killed. */
  readonly record: (name: string, pid: number) => void;
}

type Container = ReturnType<Engine['getContainer']>;
type Exec = Awaited<ReturnType<Container['exec']>>;

/**
 * Runs each task container in Docker, as this process's user. It is removed when it ends, and ends with its owner. It
 * sees the image's files, the task's folder, its program's folders and its volumes, and its ports are published on
 * 127.0.0.1. As in ECS, SIGTERM does not end a program without a handler. The engine has to run on this machine,
 * because folders and processes are shared with it. Starting a container costs some 500 ms.
 * @throws EnvironmentUnavailable when there is no engine, it runs elsewhere, or the image cannot be pulled.
 */
export async function dockerRunner({ folder, image, record }: DockerOptions): Promise<TaskRunner> {
  const engine = await engineWith({ image, variable: 'TEST_TASK_IMAGE' });
  const { KernelVersion: kernel } = (await engine.info()) as { KernelVersion: string };
  if (kernel !== release())
    throw new EnvironmentUnavailable(
      'The Docker engine runs on another machine than the tests, or on a virtual one, which shares no processes with them: unset TARGET to run the containers of sessions as processes.',
    );
  return runnerOn(engine, { folder, image, record });
}

/** The runner for a given engine. */
export function runnerOn(engine: Engine, { folder, image, record }: DockerOptions): TaskRunner {
  return {
    async start(plan) {
      mkdirSync(plan.folder, { recursive: true, mode: 0o700 });
      const container = await engine
        .createContainer({ ...requestOf(plan, image), Labels: labelsOf(folder) })
        .catch(throwLost);
      try {
        return await startContainer(engine, container, plan, record);
      } catch (error) {
        await container.remove({ force: true }).catch(() => undefined); // the first error is the one to report
        return throwLost(error);
      }
    },
  };
}

async function startContainer(
  engine: Engine,
  container: Container,
  { name, ports, folder }: ContainerPlan,
  record: DockerOptions['record'],
): Promise<RunningContainer> {
  const end = container.wait({ condition: 'removed' }) as Promise<{ StatusCode: number }>;
  end.catch(() => undefined); // handled where it is awaited
  const memory = await watchMemoryOf(engine, container);
  const attached = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
  // Where an engine is killed after it has begun to answer, the client's `wait` never settles.
  const lost = new Promise((resolve) => attached.once('close', resolve)).then(() => engine.ping()).then(() => end);
  const { output, errors } = demultiplex(engine, attached);
  const log = new Log([output, errors]);
  const exitCode = Promise.race([end, lost]).then(
    ({ StatusCode }) => StatusCode,
    (error: unknown) => {
      errors.write(`${messageOf(engineLost(error) ?? error)}\n`);
      return killed; // the real code is lost with the engine
    },
  );
  const ended = exitCode.then(async (code) => {
    await memory.died;
    return code;
  });
  const opened = new Promise<void>((resolve) => {
    output.on('data', () => log.text.includes(portsAreOpen) && resolve());
  });
  await container.start();
  const found = await container.inspect().catch(unlessGone); // a container that ends at once is removed at once
  const pid = found?.State.Pid || undefined; // 0 when it has ended
  if (pid !== undefined) record(`${name}-${pid}`, pid);
  if (ports.length > 0) await takesPorts(opened, ended, patience);
  return {
    pid,
    bindings: ports.flatMap((containerPort) =>
      (found?.NetworkSettings.Ports[`${containerPort}/tcp`] ?? []).map(({ HostPort }) => ({
        containerPort,
        hostPort: Number(HostPort),
      })),
    ),
    get log() {
      return log.text;
    },
    ended,
    get reason() {
      return memory.isExceeded ? outOfMemory : undefined;
    },
    // It has ended, or the engine has gone: then `ended` reports it.
    signal: (signal) => void container.kill({ signal }).catch(() => undefined),
    execute: (argv) => execute(engine, container, [folder, ...argv]),
    stats: () => container.stats({ stream: false }).catch(() => undefined), // it has ended
    executeInTerminal: (argv, size) => executeInTerminal(container, argv, size),
  };
}

/** Hears whether the engine ends a container for its use of memory, which its exit code does not tell. */
async function watchMemoryOf(engine: Engine, { id }: Container): Promise<{ isExceeded: boolean; died: Promise<void> }> {
  const events = (await engine.getEvents({
    filters: { container: [id], event: ['oom', 'die', 'destroy'] },
  })) as Readable;
  const lines = createInterface({ input: events });
  // With the engine; that it has gone is told by the end of the container.
  for (const one of [events, lines]) one.on('error', () => lines.close());
  events.once('close', () => lines.close());
  const watch = { isExceeded: false, died: once(lines, 'close').then(() => void events.destroy()) };
  lines.on('line', (line) => {
    if (line.includes('"oom"')) watch.isExceeded = true;
    else lines.close(); // one that was never started is destroyed without having died
  });
  return watch;
}

function requestOf({ folder, program, environment, mounts, ports, limits }: ContainerPlan, image: string) {
  const published = ports.map((port) => `${port}/tcp`);
  const bind = (source: string, target = source, isReadOnly = false) => ({
    Type: 'bind' as const,
    Source: source,
    Target: target,
    ReadOnly: isReadOnly,
  });
  const code = new Set([inside, path.dirname(program.module), ...program.folders]);
  return {
    Image: image,
    Entrypoint: ['node', path.join(inside, 'container.mjs')],
    Cmd: [folder, ports.join(','), program.module, ...program.args],
    Env: Object.entries({ HOME: folder, ...environment }).map(([name, value]) => `${name}=${value}`),
    WorkingDir: folder,
    User: `${process.getuid!()}:${process.getgid!()}`,
    // The container ends when its standard input closes with its owner.
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    ExposedPorts: Object.fromEntries(published.map((port) => [port, {}])),
    HostConfig: {
      AutoRemove: true,
      PortBindings: Object.fromEntries(published.map((port) => [port, [{ HostIp: host, HostPort: '' }]])),
      Mounts: [
        bind(folder),
        ...mounts.map((mount) => bind(mount.folder, mount.containerPath)),
        ...[...code].map((one) => bind(one, one, true)),
      ],
      // Swap counts as memory, so that there is none besides.
      ...(limits?.memory === undefined ? {} : { Memory: limits.memory, MemorySwap: limits.memory }),
      ...(limits?.cpu === undefined ? {} : { NanoCpus: limits.cpu * 1e9 }),
      LogConfig: { Type: 'none', Config: {} }, // output is read from the stream
    },
  };
}

function execute(engine: Engine, container: Container, args: readonly string[]): RunningCommand {
  const calledOff = new AbortController();
  const output = new PassThrough();
  const errors = new PassThrough();
  const run = async (): Promise<number> => {
    try {
      const command = await container.exec({
        Cmd: ['node', path.join(inside, 'command.mjs'), ...args],
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
      });
      const stream = await command.start({ hijack: true, stdin: true });
      calledOff.signal.addEventListener('abort', () => stream.destroy());
      if (calledOff.signal.aborted) stream.destroy();
      engine.modem.demuxStream(stream, output, errors);
      // It was aborted, or the engine reports the failure with the next request.
      await finished(stream, { writable: false }).catch(() => undefined);
      stream.destroy();
      return (await command.inspect()).ExitCode ?? killed;
    } catch (error) {
      errors.write(`exec: ${messageOf(error)}\n`);
      return 127;
    } finally {
      output.end();
      errors.end();
    }
  };
  return { output, errors, ended: run(), kill: () => calledOff.abort() };
}

/** The engine gives the terminal. A command ends when its terminal is left, by a signal to its group. */
function executeInTerminal(container: Container, argv: readonly string[], size: TerminalSize): TerminalCommand {
  const output = new PassThrough();
  const opened = (async () => {
    const command = await container.exec({
      Cmd: [...argv],
      Tty: true,
      Env: ['TERM=xterm-256color'],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    });
    const stream = await command.start({ hijack: true, stdin: true, Tty: true });
    stream.on('error', () => undefined); // the engine has gone: `ended` reports it
    stream.pipe(output);
    await resized(command, size);
    return { command, stream };
  })();
  let turn: Promise<unknown> = opened;
  /** One after the other, since what is typed may ask for the size that the terminal has just got. */
  const inTurn = (act: (terminal: Awaited<typeof opened>) => unknown): void => {
    turn = turn.then(async () => act(await opened)).catch(() => undefined);
  };
  const kill = async (): Promise<void> => {
    const { command } = await opened;
    const { Running: isRunning, Pid: pid } = await command.inspect();
    if (isRunning && pid > 0) signalGroup(pid, 'SIGKILL'); // the leader of its terminal's session
  };
  const run = async (): Promise<void> => {
    try {
      const { stream } = await opened;
      await finished(stream, { writable: false }).catch(() => undefined);
    } catch (error) {
      output.write(`exec: ${messageOf(error)}\r\n`);
    } finally {
      output.end();
    }
  };
  return {
    output,
    ended: run(),
    write: (input) => inTurn(({ stream }) => stream.write(input)),
    resize: (other) => inTurn(({ command }) => resized(command, other)),
    kill: () => void kill().catch(() => undefined),
  };
}

/** Does nothing where the command has ended already. */
async function resized(command: Exec, { columns, rows }: TerminalSize): Promise<void> {
  await command.resize({ w: columns, h: rows }).catch(() => undefined);
}

function demultiplex(engine: Engine, stream: NodeJS.ReadWriteStream): { output: PassThrough; errors: PassThrough } {
  const streams = { output: new PassThrough(), errors: new PassThrough() };
  stream.on('error', () => undefined); // the engine has gone: `ended` reports it
  engine.modem.demuxStream(stream, streams.output, streams.errors);
  return streams;
}

/** A container that has ended is already removed. */
function unlessGone(error: unknown): undefined {
  if (![404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
}
