import pg from 'pg';
import { waitFor } from '../../../lib/wait.ts';
import type { EndedSession } from '../cut-off.ts';
import type { InPlaceReset, Inspection, ResetPoint } from './in-place.ts';
import type { ResettableTable } from './prepare.ts';

export { isChangeSql, isHeldSql, propertiesSql } from './changes.ts';
export { type InPlaceReset, inPlaceReset } from './in-place.ts';
export { prepareReset, type ResettableTable, resettableTables, resetSchema } from './prepare.ts';
export { markNow };
export type { ResetPoint };

/** Records the current moment: {@link resetInPlace} resets the database to its current contents. */
async function markNow(admin: pg.ClientBase): Promise<ResetPoint> {
  const { rows } = await admin.query<ResetPoint>(
    'SELECT pg_current_xact_id()::text AS xid, pg_current_wal_insert_lsn()::text AS lsn',
  );
  return rows[0]!;
}

/** The new reset point, or why the database could not be reset in place. */
export type Outcome = { readonly mark: ResetPoint } | { readonly obstacle: string };

/**
 * Resets a database in place: idle clients stay connected. Only the blocks that the test wrote to are read, so the cost
 * follows the changes, not the size.
 *
 * Sound for sequences and for rows of tables with or without keys; everything else (a definition, a large object, a
 * part of the log that was removed) is an obstacle, and the caller has to use a clone. Every row that was reset is
 * checked. The physical order of rows may differ afterwards, and so may the result of a query without ORDER BY.
 */
export async function resetInPlace(
  admin: pg.Client,
  fast: InPlaceReset,
  tables: readonly ResettableTable[],
  since: ResetPoint,
  onEnded: (sessions: readonly EndedSession[]) => void = () => undefined,
): Promise<Outcome> {
  try {
    const inspection = await inspectQuiet(admin, fast, tables, since, onEnded);
    if (inspection.obstacle !== undefined) return { obstacle: inspection.obstacle };
    if (inspection.dirty.length === 0 && inspection.sequences.length === 0)
      return { mark: { xid: since.xid, lsn: inspection.lsn } };
    return await restore(admin, fast, inspection, since);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { obstacle: error.message };
  }
}

/** Inspects until no session had to be terminated, because only then is the log complete. */
async function inspectQuiet(
  admin: pg.Client,
  fast: InPlaceReset,
  tables: readonly ResettableTable[],
  since: ResetPoint,
  onEnded: (sessions: readonly EndedSession[]) => void,
): Promise<Inspection> {
  let inspection: Inspection | undefined;
  const quiet = await waitFor(
    async () => {
      inspection = await fast.inspect(admin, tables, since);
      onEnded(inspection.cutOff);
      return inspection.ended === 0;
    },
    5_000,
    0.5,
  );
  return quiet ? inspection! : { ...inspection!, obstacle: 'a session does not end' };
}

/**
 * Settings of the session that resets. Triggers and foreign keys are off, because the result is known to satisfy them.
 * They are options of the connection, because each SET would discard all plans.
 */
export const sessionSettings = '-c session_replication_role=replica -c plan_cache_mode=force_generic_plan';

/** The statements that each session has prepared: those for sequences, and those for which tables. */
const prepared = new WeakMap<pg.Client, Set<ResettableTable>>();

async function restore(
  admin: pg.Client,
  fast: InPlaceReset,
  { dirty, sequences, lsn }: Inspection,
  since: ResetPoint,
): Promise<Outcome> {
  // Sent as one string, they are one transaction.
  const statements = [
    ...preparation(admin, fast, dirty),
    ...dirty.flatMap((table) => fast.rows(table, since)),
    `EXECUTE sequences ('{${sequences.join(',')}}')`,
    'SELECT pg_current_xact_id()::text AS xid',
  ];
  const results = (await admin.query(statements.join(';\n'))) as unknown as pg.QueryResult[];
  const rows = results.flatMap((result) => result.rows as Record<string, unknown>[]);
  if (rows.some((row) => row['sound'] === false)) return { obstacle: 'a row differs after the reset' };
  const { xid } = rows.find((row) => 'xid' in row) as { xid: string };
  return { mark: { xid, lsn } };
}

/** The statements that this session has not prepared yet; if one fails, a clone replaces the database. */
function preparation(admin: pg.Client, fast: InPlaceReset, dirty: Inspection['dirty']): string[] {
  const statements: string[] = [];
  let known = prepared.get(admin);
  if (known === undefined) {
    prepared.set(admin, (known = new Set()));
    statements.push(`PREPARE sequences (oid[]) AS ${fast.sequences()}`);
  }
  for (const { table } of dirty) {
    if (!known.has(table)) statements.push(...fast.prepare(table));
    known.add(table);
  }
  return statements;
}
