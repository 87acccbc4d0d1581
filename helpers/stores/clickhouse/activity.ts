import { type Administrator, forSmallTables, literal, type TestRole } from './connection.ts';
import { type Contents, contentsOfRows, type PartRow, selectParts } from './contents.ts';

/** What the users of a test's database have done until now. */
export interface Activity {
  /** Whether the test role still runs a query. */
  readonly isRunning: boolean;
  /** Whether rows of asynchronous inserts wait to be written. */
  readonly isWaiting: boolean;
  /** How many statements other than SELECT and INSERT have begun: these may have changed more than rows. */
  readonly otherStatements: number;
  /** What the database contains, as far as it is in parts. */
  readonly contents: Contents;
}

/** Looks at what happens in a test's database. */
export interface Observer {
  observe(admin: Administrator, testRole: TestRole): Promise<Activity>;
}

/** A user's statements that are neither SELECT nor INSERT, by the server's own counters. */
export const otherStatements = "ProfileEvents['Query'] - ProfileEvents['SelectQuery'] - ProfileEvents['InsertQuery']";

export const observer: Observer = {
  /**
   * One statement, because each costs more than the few rows that it reads; and filtered here, because a filter there
   * costs more than rows of other users. What runs and waits is a scalar subquery, which is evaluated before the parts
   * are read: what does not run any more then has written all its parts.
   */
  async observe(admin, { user, builder, database }) {
    const rows = await admin.rows<PartRow & { readonly busy: string }>(
      `${selectParts([database], "'' AS busy")}
      UNION ALL SELECT '', 'others', user, toUInt64(${otherStatements}), '', (
        SELECT arrayStringConcat(groupArray(name), ' ') FROM (
          SELECT user AS name FROM system.processes UNION ALL SELECT database FROM system.asynchronous_inserts))
        FROM system.user_processes`,
      forSmallTables,
    );
    const counts = rows.filter((row) => row.database === '');
    const busy = new Set(counts[0]!.busy.split(' ')); // who looks has a row
    return {
      isRunning: busy.has(user),
      isWaiting: busy.has(database),
      otherStatements: counts
        .filter(({ partition: name }) => name === user || name === builder.user)
        .reduce((sum, row) => sum + Number(row.rows), 0),
      contents: contentsOfRows(database, rows),
    };
  },
};

/** Ends a test role's queries, from whatever connection, and flushes its asynchronous inserts. */
export async function endActivity(
  admin: Administrator,
  { user }: Pick<TestRole, 'user'>,
  { isRunning, isWaiting }: Pick<Activity, 'isRunning' | 'isWaiting'>,
): Promise<void> {
  if (isRunning) await admin.run(`KILL QUERY WHERE user = ${literal(user)} SYNC`);
  if (isWaiting) await admin.run('SYSTEM FLUSH ASYNC INSERT QUEUE');
}
