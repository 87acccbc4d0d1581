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
 * The cost of tasks (`task.time`), including ephemeral storage. The provider's rule is applied once to each task's
 * whole time in the run, and its price is divided among the payers in proportion to their readings.
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
  // A task that ended at once is billed for a minute, which its first payer pays.
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
