import { readdirSync } from 'node:fs';
import { commandLine, type CpuTimes, cpuTimesOf } from '../../../../run/processes/index.ts';
import { attribute, type Seen } from './attribute.ts';
import { type Kind, kindOf } from './kinds.ts';

/** Milliseconds between two looks at all processes. */
const interval = 200;

const nanosecondsInMs = 1_000_000;

/** A process begins with the command line of its parent; after this many looks it has its own. */
const looksUntilNamed = 3;

/** Adds up the CPU time of a command's processes by their kind, while they run. Only on Linux, by `/proc`. */
export class ProcessSampler implements Disposable {
  readonly #root: string;
  readonly #seen = new Map<string, Seen & { looks: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor(root: number) {
    this.#root = idOf(root, cpuTimesOf(root)!);
    this.#timer = setInterval(() => this.#look(), interval);
    this.#look();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Milliseconds by kind, when the command has ended and used `total` with all processes that were waited for. */
  end(total: number): Map<Kind, number> {
    this[Symbol.dispose]();
    const processes = [...this.#seen.values()];
    return attribute(processes.map((one) => (one.id === this.#root ? { ...one, waited: total } : one)));
  }

  /** Whatever was once a descendant of the command stays one, also without its parent. */
  #look(): void {
    const alive = new Map<number, CpuTimes>();
    for (const name of readdirSync('/proc')) {
      const times = /^\d+$/.test(name) ? cpuTimesOf(Number(name)) : undefined;
      if (times !== undefined) alive.set(Number(name), times);
    }
    const isOurs = (pid: number): boolean => {
      const times = alive.get(pid);
      if (times === undefined) return false;
      const id = idOf(pid, times);
      return id === this.#root || this.#seen.has(id) || isOurs(times.parent);
    };
    for (const [pid, times] of alive) if (isOurs(pid)) this.#note(pid, times, alive);
  }

  #note(pid: number, { parent, own, waited, start }: CpuTimes, alive: ReadonlyMap<number, CpuTimes>): void {
    const id = idOf(pid, { start });
    const before = this.#seen.get(id);
    const looks = (before?.looks ?? 0) + 1;
    const line = looks > looksUntilNamed ? '' : commandLine(pid);
    const kind = line === '' ? (before?.kind ?? 'other') : kindOf(line);
    const parentTimes = alive.get(parent);
    const starter = before?.parent ?? (parentTimes && idOf(parent, parentTimes));
    const [ownMs, waitedMs] = [own / nanosecondsInMs, waited / nanosecondsInMs];
    this.#seen.set(id, { id, parent: starter, kind, own: ownMs, waited: waitedMs, looks });
  }
}

function idOf(pid: number, { start }: Pick<CpuTimes, 'start'>): string {
  return `${pid} ${start}`;
}
