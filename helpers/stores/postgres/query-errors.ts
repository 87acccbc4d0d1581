import pg from 'pg';

/** The SQLSTATEs of what PostgreSQL refuses because a transaction is open. */
export const refusedInTransactions = new Set([
  '25001', // active_sql_transaction: VACUUM, CREATE DATABASE, CREATE INDEX CONCURRENTLY
  '2D000', // invalid_transaction_termination: COMMIT in a procedure
  '55P04', // unsafe_new_enum_value_usage
]);

/** What PostgreSQL says, with its detail and what mends it: its hint, or a better one. */
export function describeRefusal({ message, detail, hint }: pg.DatabaseError, mend = hint): string {
  const more = [detail, mend].filter((part) => part !== undefined).join(' ');
  return more === '' ? message : `${message} (${more})`;
}

/** Adds to the message of an error, in its stack as well, which is what a report shows. */
export function addToMessage(error: Error, more: string): void {
  const { message, stack = '' } = error;
  error.message = message + more;
  error.stack = stack.replace(message, () => error.message);
}

/**
 * Throws a failure of a statement with all that the server said of it in its message. Its other properties, such as
 * `code`, stay.
 */
export function throwInFull(error: unknown): never {
  if (!(error instanceof pg.DatabaseError)) throw error;
  const more = [
    ['Detail', error.detail],
    ['Hint', error.hint],
    ['Where', error.where],
  ].flatMap(([name, text]) => (text === undefined ? [] : [`\n${name}: ${text}`]));
  addToMessage(error, more.join(''));
  throw error;
}
