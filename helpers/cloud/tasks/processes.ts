import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { availableParallelism, constants } from 'node:os';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { recordOrKill, signalGroup, startProcess, usageOf } from '../../run/processes/index.ts';
import { Log } from './log.ts';
import { outOfMemory, watchMemory } from './memory.ts';
import { takesPorts } from './ports.ts';
import type { Binding, ContainerPlan, RunningCommand, TaskRunner, TerminalCommand, TerminalSize } from './runner.ts';
import type { Mount } from './volumes.ts';

const boot = fileURLToPath(new URL('inside/process.mjs', import.meta.url));
const commandBoot = fileURLToPath(new URL('inside/command.mjs', import.meta.url));
const terminalBoot = fileURLToPath(new URL('inside/terminal.mjs', import.meta.url));
const host = '127.0.0.1';
/** Milliseconds for a program to begin to listen. */
const defaultPatience = 15_000;

/**
 * Runs each container as a process on this machine, with a process group that ends with it. One that has more memory
 * than its limit is killed; its CPU has no limit.
 * @param record records each process, so that it can be ended when its owner was killed.
 */
export function processRunner(record: (name: string, pid: number) => void, patience = defaultPatience): TaskRunner {
  return {
    async start(plan) {
      mkdirSync(plan.folder, { recursive: true, mode: 0o700 });
      const child = await startProcess(
        'The container',
        () =>
          fork(boot, [plan.folder, plan.program.module, ...plan.program.args], {
            ...whereabouts(plan),
            execArgv: [],
            stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
          }),
        (pid) => record(`${plan.name}-${pid}`, pid),
      );
      const log = new Log([child.stdout!, child.stderr!]);
      const ended = endOf(child, 'exit');
      const commands = new Set<Pick<RunningCommand, 'kill'>>();
      const keep = <Command extends RunningCommand | TerminalCommand>(command: Command): Command => {
        commands.add(command);
        void command.ended.finally(() => commands.delete(command));
        return command;
      };
      let reason: string | undefined;
      const { memory = Infinity } = plan.limits ?? {};
      const unwatch = watchMemory(child.pid!, memory, () => {
        reason = outOfMemory;
        end(child);
      });
      void ended.then(() => {
        unwatch();
        for (const command of commands) command.kill();
      });
      let bindings: Binding[];
      try {
        bindings = await handPorts(child, plan.ports, ended, patience);
      } catch (error) {
        end(child);
        throw error;
      }
      return {
        pid: child.pid!,
        bindings,
        get log() {
          return log.text;
        },
        ended,
        get reason() {
          return reason;
        },
        signal: (signal) => void child.kill(signal),
        stats: () => Promise.resolve(statsOf(child.pid!)),
        execute: (argv) => keep(execute(argv, plan, record)),
        executeInTerminal: (argv, size) => keep(executeInTerminal(argv, size, plan, record)),
      };
    },
  };
}

type Recorder = Parameters<typeof processRunner>[0];

function execute(argv: readonly string[], plan: ContainerPlan, record: Recorder): RunningCommand {
  const { child, ended } = startBeside(commandBoot, argv, plan, record);
  return { output: outputOf(child.stdout), errors: outputOf(child.stderr), ended, kill: () => end(child) };
}

function executeInTerminal(
  argv: readonly string[],
  { columns, rows }: TerminalSize,
  plan: ContainerPlan,
  record: Recorder,
): TerminalCommand {
  const { child, ended } = startBeside(terminalBoot, [String(columns), String(rows), ...argv], plan, record);
  const say = (message: object): void => void child.stdin?.write(`${JSON.stringify(message)}\n`);
  child.stdin?.on('error', () => undefined); // it has ended
  child.stderr?.resume();
  return {
    output: outputOf(child.stdout),
    ended,
    write: (input) => say({ input: input.toString('base64') }),
    resize: (size) => say({ size: [size.columns, size.rows] }),
    kill: () => void child.stdin?.end(), // then it ends the terminal's processes, and itself
  };
}

/** Starts one of the programs in `inside/` in the container's surroundings. */
function startBeside(
  program: string,
  args: readonly string[],
  plan: ContainerPlan,
  record: Recorder,
): { child: ChildProcess; ended: Promise<number> } {
  const child: ChildProcess = spawn(process.execPath, [program, plan.folder, ...args], {
    ...whereabouts(plan),
    stdio: 'pipe',
  });
  const ended = endOf(child, 'close');
  recordOrKill(child, (pid) => record(`${plan.name}-${pid}`, pid));
  return { child, ended };
}

/** Nothing where the process could not be started. */
function outputOf(stream: NodeJS.ReadableStream | null): NodeJS.ReadableStream {
  return stream ?? Readable.from([]);
}

/** What a container's processes use, as far as there is anything like it for processes. */
function statsOf(pid: number): object | undefined {
  const usage = usageOf(pid);
  if (usage === undefined) return undefined;
  return {
    read: new Date(),
    num_procs: usage.processes,
    pids_stats: { current: usage.processes },
    cpu_stats: { cpu_usage: { total_usage: usage.cpu }, online_cpus: availableParallelism() },
    memory_stats: { usage: usage.memory },
  };
}

function whereabouts({ folder, environment, mounts, metadata }: ContainerPlan): {
  cwd: string;
  env: NodeJS.ProcessEnv;
  detached: true;
} {
  const told = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, realPath(value, mounts)]));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    ...(metadata === undefined ? {} : { ECS_CONTAINER_METADATA_URI_V4: metadata }),
    ...told,
  };
  return { cwd: folder, env, detached: true };
}

/**
 * Nothing can be mounted here, so an environment variable with the path of a mount, or of a file below it, gets the
 * real path instead: programs have to take their paths from the environment.
 */
function realPath(value: string, mounts: readonly Mount[]): string {
  const mount = mounts.find(({ containerPath }) => value === containerPath || value.startsWith(`${containerPath}/`));
  return mount === undefined ? value : mount.folder + value.slice(mount.containerPath.length);
}

/** The exit code of a process. Its process group ends with it. */
function endOf(child: ChildProcess, event: 'exit' | 'close'): Promise<number> {
  child.once('exit', () => signalGroup(child.pid, 'SIGKILL'));
  return new Promise((resolve) => {
    child.once('error', () => resolve(127)); // it could not be started
    child.once(event, (code: number | null, signal: NodeJS.Signals | null) =>
      resolve(code ?? 128 + constants.signals[signal!]),
    );
  });
}

/** Ends a process and its group, unless it has ended already: then its id may belong to another process. */
function end(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid, 'SIGKILL');
}

/**
 * Opens a socket for each port, and sends it to the process as `{ listen: containerPort }` when that is ready for
 * messages. So no free port has to be guessed, and the port closes with the process.
 * @throws Error when the program does not accept them.
 */
async function handPorts(
  child: ChildProcess,
  ports: readonly number[],
  ended: Promise<number>,
  patience: number,
): Promise<Binding[]> {
  if (ports.length === 0) return [];
  return (await takesPorts(once(child, 'message'), ended, patience))
    ? Promise.all(ports.map((port) => handPort(child, port, ended)))
    : [];
}

async function handPort(child: ChildProcess, containerPort: number, ended: Promise<number>): Promise<Binding> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port: hostPort } = server.address() as AddressInfo;
  const taken = new Promise<void>((resolve) => {
    child.send({ listen: containerPort }, server, () => resolve());
  });
  await Promise.race([taken, ended]); // an ended process does not confirm
  server.close();
  return { containerPort, hostPort };
}
