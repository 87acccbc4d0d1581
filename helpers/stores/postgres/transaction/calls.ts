// What the method `query` of pg is given, and what it answers.
import pg from 'pg';

/** What a command that has no rows returns. */
export function resultOf(command: string): unknown {
  return { command, rowCount: null, oid: null, rows: [], fields: [] };
}

/** What PostgreSQL answers to a statement that it refuses outside of a transaction. */
export function outsideTransaction(statement: string): Error {
  const [command] = /^\w+/.exec(statement)!;
  const message = `${command.toUpperCase()} can only be used in transaction blocks`;
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code: '25P01', severity: 'ERROR' });
}

/** Whether `pg` will prepare the statement on the server. */
export function isPrepared([query, values]: unknown[]): boolean {
  const { name, values: own } = query as pg.QueryConfig;
  return name !== undefined || (((values ?? own) as unknown[] | undefined) ?? []).length > 0;
}

/** The same call of `query` with another text. */
export function withText([query, ...rest]: unknown[], text: string): unknown[] {
  return [typeof query === 'string' ? text : { ...(query as pg.QueryConfig), text }, ...rest];
}

/** The SQL that `query` was given, as text or in an object; '' for anything else. */
export function textOf(query: unknown): string {
  return typeof query === 'string' ? query : ((query as { text?: string } | undefined)?.text ?? '');
}
