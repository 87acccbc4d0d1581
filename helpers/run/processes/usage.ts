import { existsSync, readFileSync } from 'node:fs';
import { withDescendants } from './listening.ts';
import { outputOf } from './start.ts';

/** What a process and its descendants use. */
export interface ProcessUsage {
  /** Nanoseconds of CPU time since each of them began. */
  readonly cpu: number;
  /** Resident bytes. */
  readonly memory: number;
  readonly processes: number;
}

/** Linux tells CPU time in hundredths of a second to all programs (USER_HZ). */
const nanosecondsInTick = 10_000_000;

/** Only on Linux, by `/proc`; elsewhere undefined. */
export function usageOf(root: number): ProcessUsage | undefined {
  if (process.platform !== 'linux') return undefined;
  const used = withDescendants([root]).flatMap((pid) => {
    const times = cpuTimesOf(pid);
    return times === undefined ? [] : [{ cpu: times.own, memory: memoryOf(pid) }];
  });
  const sum = (of: 'cpu' | 'memory'): number => used.reduce((total, one) => total + one[of], 0);
  return { cpu: sum('cpu'), memory: sum('memory'), processes: used.length };
}

/** CPU time of one process, in nanoseconds, and who started it when. */
export interface CpuTimes {
  readonly parent: number;
  /** Ticks since the machine's start: another process with the same id has another one. */
  readonly start: number;
  readonly own: number;
  /** Of children that have ended and that it has waited for, with theirs. */
  readonly waited: number;
}

/** Only on Linux, by `/proc` (proc_pid_stat); undefined elsewhere, and when the process has ended. */
export function cpuTimesOf(pid: number): CpuTimes | undefined {
  try {
    // The name in parentheses may contain spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const ticks = (...numbers: readonly number[]): number =>
      nanosecondsInTick * numbers.reduce((sum, number) => sum + fields[number]!, 0);
    return { parent: fields[1]!, start: fields[19]!, own: ticks(11, 12), waited: ticks(13, 14) };
  } catch {
    return undefined;
  }
}

/** The resident memory of a process in bytes; 0 when it has ended. */
export function memoryOf(pid: number): number {
  try {
    const kilobytes = existsSync('/proc/self/status')
      ? /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      : outputOf('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
