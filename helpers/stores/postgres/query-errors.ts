import pg from 'pg';

/**
 * Throws a failure of a statement with all that the server said of it in its message, which is what a report shows.
 * Its other properties, such as `code`, stay.
 */
export function throwInFull(error: unknown): never {
  if (!(error instanceof pg.DatabaseError)) throw error;
  const more = [
    ['Detail', error.detail],
    ['Hint', error.hint],
    ['Where', error.where],
  ].flatMap(([name, text]) => (text === undefined ? [] : [`\n${name}: ${text}`]));
  const brief = error.message;
  error.message += more.join('');
  error.stack = error.stack?.replace(brief, () => error.message) ?? '';
  throw error;
}
