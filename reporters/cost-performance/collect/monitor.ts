import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import os from 'node:os';
import { mean } from 'd3-array';
import type { ResourceSample } from '../record.ts';

/** Milliseconds between two samples at first; doubled whenever there are more than `mostSamples`. */
const interval = 1_000;
const mostSamples = 600;

/** Monitors the machine's usage and speed during a run. Costs some ten milliseconds a second. */
export class Monitor {
  readonly resources: ResourceSample[] = [];
  /** Milliseconds that a fixed piece of work took. */
  readonly calibration: number[] = [];
  /** Its average time in relation to its fastest one, when it was done several times in a row. */
  readonly contention: number[] = [];
  readonly #folder: () => string;
  #interval = interval;
  #timer: NodeJS.Timeout | undefined;
  #cpus = os.cpus();

  /** @param folder on the disk of the run's data; which it is may be known only after the start. */
  constructor(folder: () => string) {
    this.#folder = folder;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#sample();
      this.start();
    }, this.#interval).unref();
  }

  /** Takes a last sample. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#sample();
  }

  #sample(): void {
    const times = Array.from({ length: repetitions }, timeToWork);
    const fastest = Math.min(...times);
    this.calibration.push(fastest);
    this.contention.push(mean(times)! / fastest);
    const before = this.#cpus;
    this.#cpus = os.cpus();
    this.resources.push({
      at: Date.now(),
      cpuPercent: busyPercent(before, this.#cpus),
      ...memory(),
      ...disk(this.#folder()),
      processes: processes(),
      connections: connections(),
    });
    if (this.resources.length < mostSamples) return;
    this.#interval *= 2;
    for (const samples of [this.resources, this.calibration, this.contention])
      samples.splice(0, Infinity, ...(samples.filter((_, index) => index % 2 === 0) as never[]));
  }
}

const load = randomBytes(128 * 1024);
const objects = Array.from({ length: 500 }, (_, id) => ({ id, name: `name of ${id}`, tags: ['a', 'b'] }));

/**
 * Together these exceed the time slice of a process (Linux: some 3 ms), so some of them wait as often as other
 * processes need the core, while the fastest one has it alone.
 */
const repetitions = 5;

/** Fixed work of the kind that tests and platforms do: hashing bytes, writing and parsing JSON. */
function timeToWork(): number {
  const start = performance.now();
  createHash('sha256')
    .update(load)
    .update(JSON.stringify(JSON.parse(JSON.stringify(objects))))
    .digest();
  return performance.now() - start;
}

type Cpus = ReturnType<typeof os.cpus>;

function busyPercent(before: Cpus, after: Cpus): number {
  const [idleBefore, allBefore] = cpuTimes(before);
  const [idle, all] = cpuTimes(after);
  return all === allBefore ? 0 : 100 * (1 - (idle - idleBefore) / (all - allBefore));
}

function cpuTimes(cpus: Cpus): [idle: number, all: number] {
  const sum = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);
  return [sum(cpus.map(({ times }) => times.idle)), sum(cpus.flatMap(({ times }) => Object.values(times)))];
}

function memory(): Pick<ResourceSample, 'memoryUsed' | 'memoryTotal'> {
  const memoryTotal = os.totalmem();
  return { memoryUsed: memoryTotal - os.freemem(), memoryTotal };
}

function disk(folder: string): Pick<ResourceSample, 'diskFree' | 'diskTotal'> {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { diskFree: bavail * bsize, diskTotal: blocks * bsize };
}

/** Where the system shows them (Linux). */
function processes(): number | undefined {
  return ifThere(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length);
}

/** State 01 is ESTABLISHED (Linux, include/net/tcp_states.h). */
function connections(): number | undefined {
  return ifThere(
    () =>
      ['tcp', 'tcp6']
        .flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n'))
        .filter((line) => line.trim().split(/\s+/)[3] === '01').length,
  );
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
