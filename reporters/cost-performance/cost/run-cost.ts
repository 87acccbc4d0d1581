import { group } from 'd3-array';
import type { RunRecord } from '../record.ts';
import type { Summary } from '../summary/summary-schema.ts';
import { type Charge, type Cost, costOfCharges } from './charge.ts';
import type { BillingRule } from './fargate.ts';
import { machineBill } from './machine.ts';
import type { PriceTable } from './price-table.ts';
import { serviceBill } from './services.ts';
import { taskBill } from './tasks.ts';

export type TestCost = Summary['all'][number]['cost'];

export interface CostOptions {
  /** Whether the machine is billed, as a runner in CI is. */
  readonly machine: Charge['billing'];
  /** The rule for tasks; default the provider's. */
  readonly billedSeconds?: BillingRule;
}

/** The cost of a run: the sum of its areas and its own; an area's is the sum of its tests and its own. */
export interface RunCost {
  readonly run: Cost;
  /** By area. */
  readonly areas: ReadonlyMap<string, Cost>;
  /** By test id. */
  readonly tests: ReadonlyMap<string, TestCost>;
  readonly prices: Pick<PriceTable, 'date' | 'source'>;
  /** All lines of the bill. */
  readonly charges: readonly Charge[];
  /** Billed seconds of tasks, by the provider's rule. */
  readonly billedTaskSeconds: number;
  /** What could not be priced, each in one sentence with the reason. */
  readonly unpriced: readonly string[];
}

/** Computes what a run cost, or would have cost, in US dollars. Costs some microseconds for each measurement. */
export function costOf(record: RunRecord, prices: PriceTable, options: CostOptions): RunCost {
  const tasks = taskBill(record, prices, options.billedSeconds);
  const bills = [machineBill(record, prices, options.machine), tasks, serviceBill(record, prices)];
  const charges = bills.flatMap((bill) => bill.charges);
  const byArea = group(
    charges.filter(({ payer }) => payer.area !== undefined),
    ({ payer }) => payer.area!,
  );
  const byTest = group(charges, ({ payer }) => payer.test);
  const areas = new Set([...record.tests.map(({ area }) => area), ...byArea.keys()]);
  return {
    run: costOfCharges(charges),
    areas: new Map([...areas].map((area) => [area, costOfCharges(byArea.get(area) ?? [])])),
    tests: new Map(record.tests.map(({ id }) => [id, testCost(byTest.get(id) ?? [])])),
    prices: { date: prices.date, source: prices.source },
    charges,
    billedTaskSeconds: tasks.billedSeconds,
    unpriced: [...new Set(bills.flatMap((bill) => bill.unpriced))],
  };
}

function testCost(charges: readonly Charge[]): TestCost {
  const { spent, notional, wastedByRetries } = costOfCharges(charges);
  return { spent: spent.total, notional: notional.total, wastedByRetries };
}
