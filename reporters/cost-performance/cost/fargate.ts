import { type PriceTable, priceOf } from './price-table.ts';

/** Of ephemeral storage, in every task's price. */
const includedStorageGb = 20;

/** As ECS names them. */
export const architectures = ['X86_64', 'ARM64'] as const;

export interface TaskUse {
  readonly vcpu: number;
  readonly memoryGb: number;
  /** From the start of the image's pull to the end of the task. */
  readonly seconds: number;
  /** Default X86_64. */
  readonly architecture?: (typeof architectures)[number];
  /** Ephemeral; default what is included. */
  readonly storageGb?: number;
}

/**
 * Seconds that a task on Fargate is billed for: every one that it began, and a minute at least (AWS Fargate pricing).
 * A task's time is known to the millisecond; what is less comes from adding up readings, and must not cost a second.
 */
export function billedSeconds(seconds: number): number {
  return Math.max(60, Math.ceil(Math.round(seconds * 1000) / 1000));
}

/** The seconds that are billed of those that a task ran. */
export type BillingRule = (seconds: number) => number;

/** US dollars that a task on Fargate costs in all. */
export function taskPrice(
  { vcpu, memoryGb, seconds, architecture = 'X86_64', storageGb = includedStorageGb }: TaskUse,
  prices: PriceTable,
  rule: BillingRule = billedSeconds,
): number {
  const billed = rule(seconds);
  const [cpuItem, memoryItem] =
    architecture === 'ARM64'
      ? (['fargate.arm.vcpu', 'fargate.arm.memory'] as const)
      : (['fargate.vcpu', 'fargate.memory'] as const);
  return (
    priceOf(prices, cpuItem, vcpu * billed) +
    priceOf(prices, memoryItem, memoryGb * billed) +
    priceOf(prices, 'fargate.storage', Math.max(0, storageGb - includedStorageGb) * billed)
  );
}
