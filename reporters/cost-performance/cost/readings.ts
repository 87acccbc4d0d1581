import { z } from 'zod';
import type { RunRecord } from '../record.ts';
import { attemptsOf, type Payer } from './charge.ts';
import { firstProblem } from '../validated.ts';

const numberText = 'a number, 0 or more';

/** The fields of readings: the measured value, and its attributes, which are strings. */
export const value = z.number(numberText).nonnegative(numberText);
export const amount = z.string(numberText).min(1, numberText).transform(Number).pipe(value);
/** Whether it is billed. Default: no. */
export const billing = z
  .enum(['yes', 'no'], 'yes or no')
  .default('no')
  .transform((billed) => (billed === 'yes' ? 'spent' : 'notional'));

/** A measurement with a cost, and its payer. */
export interface Reading<Fields> {
  readonly payer: Payer;
  readonly fields: Fields;
}

/** All measurements of a name, of attempts and of the ledgers; those that the schema rejects are reported. */
export function readingsOf<Schema extends z.ZodObject>(
  record: RunRecord,
  name: string,
  schema: Schema,
): { readings: Reading<z.infer<Schema>>[]; unpriced: string[] } {
  const measured = [
    ...attemptsOf(record).flatMap(({ attempt, payer }) =>
      attempt.measurements.map((measurement) => ({ payer, measurement })),
    ),
    ...record.shards.flatMap(({ ledger }) =>
      ledger.map(({ area, measurement }) => ({ payer: { area, wasted: false }, measurement })),
    ),
  ];
  const [readings, unpriced]: [Reading<z.infer<Schema>>[], string[]] = [[], []];
  for (const { payer, measurement } of measured) {
    if (measurement.name !== name) continue;
    const fields = { ...measurement.attributes, unit: measurement.unit, value: measurement.value };
    const result = schema.safeParse(fields);
    if (result.success) readings.push({ payer, fields: result.data });
    else unpriced.push(`A measurement ${name} of ${payer.area} has no price: ${firstProblem(result.error, fields)}.`);
  }
  return { readings, unpriced };
}
