import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { recordOrKill, signalGroup, startProcess } from '../../run/processes/index.ts';
import { Log } from './log.ts';
import { outOfMemory, watchMemory } from './memory.ts';
import { takesPorts } from './ports.ts';
import type { Binding, ContainerPlan, RunningCommand, TaskRunner } from './runner.ts';
import type { Mount } from './volumes.ts';

const boot = fileURLToPath(new URL('inside/process.mjs', import.meta.url));
const commandBoot = fileURLToPath(new URL('inside/command.mjs', import.meta.url));
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
      const commands = new Set<RunningCommand>();
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
        execute(argv) {
          const command = execute(argv, plan, record);
          commands.add(command);
          void command.ended.finally(() => commands.delete(command));
          return command;
        },
      };
    },
  };
}

function execute(
  argv: readonly string[],
  plan: ContainerPlan,
  record: (name: string, pid: number) => void,
): RunningCommand {
  const child: ChildProcess = spawn(process.execPath, [commandBoot, plan.folder, ...argv], {
    ...whereabouts(plan),
    stdio: 'pipe',
  });
  const ended = endOf(child, 'close');
  recordOrKill(child, (pid) => record(`${plan.name}-${pid}`, pid));
  const nothing = Readable.from([]); // the output of a process that could not be started
  return { output: child.stdout ?? nothing, errors: child.stderr ?? nothing, ended, kill: () => end(child) };
}

function whereabouts({ folder, environment, mounts }: ContainerPlan): {
  cwd: string;
  env: NodeJS.ProcessEnv;
  detached: true;
} {
  const told = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, realPath(value, mounts)]));
  return { cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...told }, detached: true };
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
