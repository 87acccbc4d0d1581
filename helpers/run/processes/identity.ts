import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { shortage } from '../../lib/shortage.ts';
import { thisMachine } from './machine.ts';

/** A process, told from every other that has its id before or after it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started. */
  readonly start: string;
}

/**
 * The process that has this id now; undefined where there is none, or where the system does not say when it was
 * started.
 * @throws Error when the machine has run out of what it takes to find out.
 */
export function identify(pid: number): ProcessIdentity | undefined {
  const start = startOf(pid);
  return start === undefined ? undefined : { pid, start };
}

/** Whether that process is still there. */
export function isSameProcess({ pid, start }: ProcessIdentity): boolean {
  return startOf(pid) === start;
}

/**
 * On Linux the ticks since the machine's start (`proc_pid_stat(5)`, field 22; the name in field 2 may hold anything). A
 * zombie has ended, see `isAlive`.
 */
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
    if (shortage(error) !== undefined) throw error; // then it is not known
    return undefined;
  }
}
