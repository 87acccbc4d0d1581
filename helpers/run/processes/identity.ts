import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { shortage } from '../../lib/shortage.ts';
import { thisMachine } from './machine.ts';

/** Identifies a process, even if another one had or gets the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started. */
  readonly start: string;
}

/**
 * The process that has this id now; undefined when there is none, or when the system does not tell its start.
 * @throws Error when the machine lacks the resources to find out.
 */
export function identify(pid: number): ProcessIdentity | undefined {
  const start = startOf(pid);
  return start === undefined ? undefined : { pid, start };
}

/** Whether that process still exists. */
export function isSameProcess({ pid, start }: ProcessIdentity): boolean {
  return startOf(pid) === start;
}

/** On Linux the ticks since the machine's start (`proc_pid_stat(5)`, field 22). A zombie counts as ended. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux')
      return (
        execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
          env: { ...process.env, LC_ALL: 'C' },
        }).trim() || undefined
      );
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${fields[19]} of ${thisMachine().boot}`;
  } catch (error) {
    if (shortage(error) !== undefined) throw error; // the start is unknown
    return undefined;
  }
}
