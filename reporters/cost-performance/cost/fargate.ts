import { type PriceTable, priceOf } from './price-table.ts';

/** Gigabytes of ephemeral storage that every task's price includes. */
const includedStorageGb = 20;

/** ECS's names. */
export const architectures = ['X86_64', 'ARM64'] as const;

export interface TaskUse {
  readonly vcpu: number;
  readonly memoryGb: number;
  /** From the start of the image's pull to the end of the task. */
  readonly seconds: number;
  /** Default X86_64. */
  readonly architecture?: (typeof architectures)[number];
  /** Ephemeral storage; default the included amount. */
  readonly storageGb?: number;
}

/**
 * The billed seconds of a task on Fargate: every second that it began, and at least a minute (AWS Fargate pricing).
 * Rounded to milliseconds first, because errors from adding up readings must not cost a second.
 */
export function billedSeconds(seconds: number): number {
  return Math.max(60, Math.ceil(Math.round(seconds * 1000) / 1000));
}

/** Converts a task's seconds into billed seconds. */
export type BillingRule = (seconds: number) => number;

/** The total price of a task on Fargate, in US dollars. */
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
