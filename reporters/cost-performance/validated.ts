import { inspect } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../../helpers/lib/usage.ts';

const usdText = 'US dollars, 0 or more';
/** An amount of money that a user gave. */
export const usd = z.number(usdText).nonnegative(usdText);

/**
 * Validates a user's data. The schema's messages continue "must be".
 * @throws UsageError naming `where` and the first invalid field, in one sentence.
 */
export function validated<Schema extends z.ZodObject>(schema: Schema, given: unknown, where: string): z.infer<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys')
    throw new UsageError(
      `${where}: "${issue.keys[0]}" is not known; known are ${Object.keys(schema.shape).join(', ')}.`,
    );
  throw new UsageError(`${where}: ${firstProblem(result.error, given)}.`);
}

/** The first invalid field, its value, and what it must be, without a full stop. */
export function firstProblem({ issues: [issue] }: z.ZodError, given: unknown): string {
  const [field] = issue!.path;
  if (field === undefined) return `${shown(given)} is no object`;
  const value = (given as Record<PropertyKey, unknown>)[field];
  return value === undefined
    ? `"${String(field)}" is missing, and must be ${issue!.message}`
    : `"${String(field)}" is ${shown(value)}, and must be ${issue!.message}`;
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity });
}
