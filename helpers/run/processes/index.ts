import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { waitFor } from '../../lib/wait.ts';
import { identify, isSameProcess } from './identity.ts';
import { outputOf } from './start.ts';

export { identify, isSameProcess, type ProcessIdentity } from './identity.ts';
export { type Machine, thisMachine } from './machine.ts';
export { outputOf, recordOrKill, startProcess } from './start.ts';
export { type CpuTimes, cpuTimesOf, memoryOf, type ProcessUsage, usageOf } from './usage.ts';
export { withDescendants } from './listening.ts';

/** Whether a process with this id exists, whatever user owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A zombie has ended, but its parent has not collected its status; common where PID 1 does not reap. */
function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The arguments of a process as one line; empty when it has ended. */
export function commandLine(pid: number): string {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return outputOf('ps', ['-o', 'args=', '-p', String(pid)]);
  } catch {
    return '';
  }
}

/** The initial environment of a process, where the system shows it (Linux, with permission); otherwise empty. */
export function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A process and its arguments as one line. */
export interface ProcessLine {
  readonly pid: number;
  readonly line: string;
}

/** The living processes whose arguments contain `text`. */
export function processesMentioning(text: string): ProcessLine[] {
  return allProcesses().filter(({ pid, line }) => line.includes(text) && pid !== process.pid && isAlive(pid));
}

export function allProcesses(): ProcessLine[] {
  if (existsSync('/proc/self/cmdline'))
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => ({ pid: Number(pid), line: commandLine(Number(pid)) }));
  const table = outputOf('ps', ['-axww', '-o', 'pid=,args=']);
  return table
    .trim()
    .split('\n')
    .map((row) => ({ pid: Number.parseInt(row, 10), line: row.trim().replace(/^\d+\s+/, '') }));
}

/**
 * Ends a process: first with `signal`, after `patience` milliseconds with SIGKILL. Never signals another process that
 * gets the same id meanwhile.
 * @throws Error when it still exists two seconds after SIGKILL, which only the kernel can cause.
 */
export async function stopProcess(pid: number, signal: NodeJS.Signals, patience = 2_000): Promise<void> {
  const identity = identify(pid);
  const isGone = (): boolean => !isAlive(pid) || (identity !== undefined && !isSameProcess(identity));
  for (const [next, timeout] of [
    [signal, patience],
    ['SIGKILL', 2_000],
  ] as const) {
    if (isGone()) return;
    try {
      process.kill(pid, next);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    if (await waitFor(() => !isAlive(pid), timeout)) return;
  }
  if (!isGone()) throw new Error(`Process ${pid} does not end, not even by SIGKILL.`);
}

/** Signals a process and all that it has started, which are in the group that it leads. */
export function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (leader !== undefined) process.kill(-leader, signal);
  } catch (error) {
    // The group is empty; macOS returns EPERM while an ended process is not collected yet.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code!)) throw error;
  }
}

/** Ends the living leader of a group and all that it has started: with `signal`, after `patience` ms with SIGKILL. */
export async function stopGroup(leader: number, signal: NodeJS.Signals, patience = 2_000): Promise<void> {
  signalGroup(leader, signal);
  await waitFor(() => !isAlive(leader), patience);
  signalGroup(leader, 'SIGKILL'); // the id stays the group's while one of it lives
  await stopProcess(leader, 'SIGKILL');
}
