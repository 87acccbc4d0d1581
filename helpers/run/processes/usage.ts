import { readFileSync } from 'node:fs';
import { withDescendants } from './listening.ts';

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
      const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return [{ cpu: (user + system) * nanosecondsInTick, memory: Number(resident ?? 0) * 1024 }];
    } catch {
      return []; // ended meanwhile
    }
  });
  const sum = (of: 'cpu' | 'memory'): number => used.reduce((total, one) => total + one[of], 0);
  return { cpu: sum('cpu'), memory: sum('memory'), processes: used.length };
}
