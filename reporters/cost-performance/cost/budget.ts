import { z } from 'zod';
import { usd, validated } from '../validated.ts';

const budgetSchema = z.strictObject({ run: usd.optional() });

/** The most that a run may cost, in US dollars. */
export type Budget = Readonly<z.infer<typeof budgetSchema>>;

/** @throws UsageError naming the first field that is unknown or no amount of money. */
export function parseBudget(given: unknown, where = 'Budget'): Budget {
  return validated(budgetSchema, given, where);
}
