import type pg from 'pg';
import { isPlain, modesOf, type Modes, obstacleTo } from './statements.ts';

/** How what a test does inside one transaction is as it would be outside of it. */
export interface TransactionRules {
  /** What a test's transaction is asked to be. */
  modesOf(statement: string): Modes;
  /** Why a statement is refused; undefined when it is not. */
  obstacleTo(statement: string): string | undefined;
  /** Whether statements add no constraints. */
  isPlain(statements: string): boolean;
  /** Checks deferred constraints, as COMMIT does. @throws DatabaseError when one does not hold. */
  checkDeferred(client: Pick<pg.ClientBase, 'query'>): Promise<void>;
}

// By name, because SET CONSTRAINTS ALL would hold for constraints that are added later, too.
const deferrableSql = `
  SELECT pg_catalog.string_agg(DISTINCT name, ', ') AS every,
    pg_catalog.string_agg(DISTINCT name, ', ') FILTER (WHERE condeferred) AS deferred
  FROM (
    SELECT pg_catalog.format('%I.%I', nspname, conname) AS name, condeferred
    FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_namespace n ON n.oid = connamespace WHERE condeferrable) k`;

export const transactionRules: TransactionRules = {
  modesOf,
  obstacleTo,
  isPlain,
  async checkDeferred(client) {
    const { rows } = await client.query<{ every: string | null; deferred: string | null }>(deferrableSql);
    const { every, deferred } = rows[0]!;
    if (every === null) return;
    const again = deferred === null ? '' : `; SET CONSTRAINTS ${deferred} DEFERRED`;
    await client.query(`SET CONSTRAINTS ${every} IMMEDIATE${again}`);
  },
};
