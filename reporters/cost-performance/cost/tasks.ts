import { fsum, group } from 'd3-array';
import { z } from 'zod';
import type { RunRecord } from '../record.ts';
import type { Bill, Charge } from './charge.ts';
import { architectures, billedSeconds, type BillingRule, taskPrice } from './fargate.ts';
import type { PriceTable } from './price-table.ts';
import { amount, billing, type Reading, readingsOf, value } from './readings.ts';

const taskReading = z.object({
  unit: z.literal('s', 's'),
  value,
  task: z.string("the task's ARN"),
  vcpu: amount,
  memoryGb: amount,
  architecture: z.enum(architectures, architectures.join(' or ')).optional(),
  storageGb: amount.optional(),
  billed: billing,
});

type TaskReading = Reading<z.infer<typeof taskReading>>;

/**
 * Tasks (`task.time`), their ephemeral storage included. The rule of the provider is applied once to all that was read
 * of a task in the whole run, and the price divided among those in whose time it ran, in proportion to that.
 */
export function taskBill(
  record: RunRecord,
  prices: PriceTable,
  rule: BillingRule = billedSeconds,
): Bill & { readonly billedSeconds: number } {
  const { readings, unpriced } = readingsOf(record, 'task.time', taskReading);
  const tasks = [...group(readings, ({ fields }) => fields.task).values()];
  return {
    charges: tasks.flatMap((task) => chargesOf(task, prices, rule)),
    unpriced,
    billedSeconds: fsum(tasks, (task) => rule(secondsOf(task))),
  };
}

function chargesOf(task: readonly TaskReading[], prices: PriceTable, rule: BillingRule): Charge[] {
  const { vcpu, memoryGb, architecture, storageGb, billed } = task[0]!.fields;
  const seconds = secondsOf(task);
  const price = taskPrice(
    { vcpu, memoryGb, seconds, ...(architecture && { architecture }), ...(storageGb !== undefined && { storageGb }) },
    prices,
    rule,
  );
  // One that ended at once costs its minute all the same, and whoever was there first pays for it.
  const share = ({ fields }: TaskReading, index: number): number =>
    seconds > 0 ? fields.value / seconds : Number(index === 0);
  return task.map((reading, index) => ({
    payer: reading.payer,
    item: 'tasks',
    billing: billed,
    usd: price * share(reading, index),
  }));
}

function secondsOf(task: readonly TaskReading[]): number {
  return fsum(task, ({ fields }) => fields.value);
}
