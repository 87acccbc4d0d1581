import { fsum } from 'd3-array';
import type { AttemptRecord, RunRecord } from '../record.ts';
import type { Summary } from '../summary/summary-schema.ts';

/** The cost of a run or an area, as in the summary. */
export type Cost = Summary['areas'][number]['cost'];

/** What a charge is assigned to. */
export interface Payer {
  /** Undefined: no area, but the run itself. */
  readonly area?: string;
  /** Undefined: no test, but the area itself. */
  readonly test?: string;
  /** Whether another attempt took the place of the one that caused it. */
  readonly wasted: boolean;
}

/** One line of the bill. */
export interface Charge {
  readonly payer: Payer;
  readonly item: 'machine' | 'tasks' | 'requests' | 'storage';
  /** Whether it is billed, or only would have been. */
  readonly billing: 'spent' | 'notional';
  readonly usd: number;
}

/** Charges, and what could not be priced, each in one sentence. */
export interface Bill {
  readonly charges: readonly Charge[];
  readonly unpriced: readonly string[];
}

/** Every attempt of the run, with its payer. */
export function attemptsOf({ tests }: RunRecord): { attempt: AttemptRecord; payer: Payer }[] {
  return tests.flatMap(({ id, area, attempts }) =>
    attempts.map((attempt) => ({ attempt, payer: { area, test: id, wasted: attempt.isRepeated } })),
  );
}

/** The sum of charges, computed exactly, so that it does not depend on their order or division. */
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
