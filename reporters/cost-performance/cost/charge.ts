import { fsum } from 'd3-array';
import type { AttemptRecord, RunRecord } from '../record.ts';
import type { Summary } from '../summary/summary-schema.ts';

/** What a run or an area costs, as the summary tells it. */
export type Cost = Summary['areas'][number]['cost'];

/** Whose a charge is. */
export interface Payer {
  /** Undefined: of no area, the run's own. */
  readonly area?: string;
  /** Undefined: of no test, the area's own. */
  readonly test?: string;
  /** Whether another attempt followed the one that caused it. */
  readonly wasted: boolean;
}

/** One line of the bill. */
export interface Charge {
  readonly payer: Payer;
  readonly item: 'machine' | 'tasks' | 'requests' | 'storage';
  /** Whether somebody is billed for it, or would have been. */
  readonly billing: 'spent' | 'notional';
  readonly usd: number;
}

/** What costs something, and what is known of it too little for a price, each in one sentence. */
export interface Bill {
  readonly charges: readonly Charge[];
  readonly unpriced: readonly string[];
}

/** Every attempt of the run with who pays for it. */
export function attemptsOf({ tests }: RunRecord): { attempt: AttemptRecord; payer: Payer }[] {
  return tests.flatMap(({ id, area, attempts }) =>
    attempts.map((attempt, index) => ({ attempt, payer: { area, test: id, wasted: index < attempts.length - 1 } })),
  );
}

/** What charges come to. Summed exactly, so that it does not depend on their order or on how they are divided. */
export function costOfCharges(charges: readonly Charge[]): Cost {
  return {
    spent: amountsOf(charges.filter(({ billing }) => billing === 'spent')),
    notional: amountsOf(charges.filter(({ billing }) => billing === 'notional')),
    wastedByRetries: sum(charges.filter(({ payer }) => payer.wasted)),
  };
}

function amountsOf(charges: readonly Charge[]): Cost['spent'] {
  const of = (wanted: Charge['item']): number => sum(charges.filter(({ item }) => item === wanted));
  return {
    machine: of('machine'),
    tasks: of('tasks'),
    requests: of('requests'),
    storage: of('storage'),
    total: sum(charges),
  };
}

function sum(charges: readonly Charge[]): number {
  return fsum(charges, ({ usd }) => usd);
}
