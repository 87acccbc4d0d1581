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
    try {
      // The name in parentheses may contain spaces.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const [user, system] = [fields[11], fields[12]].map(Number) as [number, number];
      return [{ cpu: (user + system) * nanosecondsInTick, memory: memoryOf(pid) }];
    } catch {
      return []; // ended meanwhile
    }
  });
  const sum = (of: 'cpu' | 'memory'): number => used.reduce((total, one) => total + one[of], 0);
  return { cpu: sum('cpu'), memory: sum('memory'), processes: used.length };
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
