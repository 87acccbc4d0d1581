import { CloudError } from './errors.ts';

/** The size of a task: CPU units (1,024 a vCPU) and MiB, as text. */
export interface TaskSize {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

/** Memory in MiB that Fargate allows for each amount of CPU units: the least, the most, and the step. */
const fargateSizes: Readonly<Record<string, readonly [least: number, most: number, step: number]>> = {
  256: [512, 2048, 512], // 1,536 is not allowed
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};
/** GiB. */
const [leastStorage, mostStorage] = [21, 200];
/** MiB; Docker gives no container less. */
const leastMemory = 6;

/** What a container reserves of its task, in CPU units and MiB. */
export interface Reserved {
  readonly name?: string | undefined;
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  readonly memoryReservation?: number | undefined;
}

/** The rules of sizes. Each throws CloudError. */
export interface Sizes {
  /** A size as the service keeps it: `1 vCPU` is 1,024 units, and `2 GB` are 2,048 MiB. */
  normal(size: TaskSize): TaskSize;
  /** Refuses normal sizes of which Fargate has no tasks. */
  checkFargate(size: TaskSize): void;
  /** Refuses disks that the service does not have. */
  checkStorage(storage: { readonly sizeInGiB: number | undefined } | undefined): void;
  /** Refuses containers that reserve more than their task has. */
  checkReserved(containers: readonly Reserved[], task: TaskSize): void;
}

export const sizes: Sizes = { normal: normalSize, checkFargate, checkStorage, checkReserved };

function normalSize({ cpu, memory }: TaskSize): TaskSize {
  return {
    ...(cpu === undefined ? {} : { cpu: inUnits(cpu, 'vcpu', 'cpu') }),
    ...(memory === undefined ? {} : { memory: inUnits(memory, 'gb', 'memory') }),
  };
}

function checkFargate({ cpu = '', memory }: TaskSize): void {
  const [least, most, step] = fargateSizes[cpu] ?? [0, -1, 1];
  const size = Number(memory);
  if (!(size >= least && size <= most) || (size - least) % step !== 0 || (cpu === '256' && size === 1536))
    throw CloudError.client('No Fargate configuration exists for given values.');
}

function checkStorage(size: { readonly sizeInGiB: number | undefined } | undefined): void {
  const gib = size?.sizeInGiB;
  if (gib !== undefined && !(gib >= leastStorage && gib <= mostStorage))
    throw CloudError.client(`Ephemeral storage must be between ${leastStorage} and ${mostStorage} GiB.`);
}

function checkReserved(containers: readonly Reserved[], task: TaskSize): void {
  let [cpu, reserved] = [0, 0];
  for (const { name, memory, memoryReservation, ...container } of containers) {
    if (memory !== undefined && memory < leastMemory)
      throw CloudError.client(`Invalid 'memory' setting for container '${name}': at least ${leastMemory} MiB.`);
    if (memory !== undefined && memoryReservation !== undefined && memory <= memoryReservation)
      throw CloudError.client(
        `Invalid setting for container '${name}': 'memory' must be greater than 'memoryReservation'.`,
      );
    if (memory !== undefined && memory > Number(task.memory))
      throw CloudError.client(`Invalid 'memory' setting for container '${name}': it is more than the task's.`);
    cpu += container.cpu ?? 0;
    reserved += memoryReservation ?? memory ?? 0;
  }
  if (cpu > Number(task.cpu)) throw CloudError.client("The containers' 'cpu' is more than the task's.");
  if (reserved > Number(task.memory)) throw CloudError.client("The containers' 'memory' is more than the task's.");
}

function inUnits(text: string, unit: 'vcpu' | 'gb', setting: string): string {
  const [, number, withUnit] = /^\s*(\d+|\d*\.\d+)\s*(vcpu|gb)?\s*$/i.exec(text) ?? [];
  const size = Number(number) * (withUnit === undefined ? 1 : 1024);
  if (!Number.isInteger(size) || size === 0 || (withUnit !== undefined && withUnit.toLowerCase() !== unit))
    throw CloudError.client(`Invalid '${setting}' setting for task.`);
  return String(size);
}
