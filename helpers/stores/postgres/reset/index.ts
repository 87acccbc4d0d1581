import pg from 'pg';
import { waitFor } from '../../../run/processes/index.ts';
import type { InPlaceReset, Inspection, ResetPoint } from './in-place.ts';
import type { ResettableTable } from './prepare.ts';

export { type InPlaceReset, fastReset } from './in-place.ts';
export { prepareReset, type ResettableTable, resettableTables, shelf } from './prepare.ts';
export { markNow };
export type { ResetPoint };

/** Notes the moment: what is in the database now is what {@link resetInPlace} puts back. */
async function markNow(admin: pg.ClientBase): Promise<ResetPoint> {
  const {
    rows: [row],
  } = await admin.query<ResetPoint>(
    'SELECT pg_current_xact_id()::text AS xid, pg_current_wal_insert_lsn()::text AS lsn',
  );
  return row!;
}

/** The new mark, or why the database could not be put back in place. */
export type Outcome = { readonly mark: ResetPoint } | { readonly obstacle: string };

/**
 * Puts a database back in place, in its own sessions' sight: whoever is connected and idle stays connected. Only the
 * blocks that the test wrote to are looked at, so the cost follows what was changed, not what there is.
 *
 * Sound for rows of tables with or without keys and for sequences; everything else (a definition, a large object, a
 * log that is not there any more) is an obstacle, and the caller has to take the strict way. What was put back is
 * checked row by row. The physical order of rows may differ afterwards: a query without ORDER BY may, too.
 */
export async function resetInPlace(
  admin: pg.Client,
  fast: InPlaceReset,
  tables: readonly ResettableTable[],
  since: ResetPoint,
): Promise<Outcome> {
  try {
    const inspection = await inspectQuiet(admin, fast, tables, since);
    if (inspection.obstacle !== undefined) return { obstacle: inspection.obstacle };
    if (inspection.dirty.length === 0 && !inspection.sequences)
      return { mark: { xid: since.xid, lsn: inspection.lsn } };
    return await restore(admin, fast, inspection, since);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { obstacle: error.message };
  }
}

/** Sessions at work have been told to end; only after they have is the log complete. */
async function inspectQuiet(
  admin: pg.Client,
  fast: InPlaceReset,
  tables: readonly ResettableTable[],
  since: ResetPoint,
): Promise<Inspection> {
  let inspection: Inspection | undefined;
  const quiet = await waitFor(
    async () => (inspection = await fast.inspect(admin, tables, since)).ended === 0,
    5_000,
    0.5,
  );
  return quiet ? inspection! : { ...inspection!, obstacle: 'a session does not end' };
}

/**
 * Settings of the session that puts back. No triggers and no foreign keys: the result is known to satisfy them. As
 * options of the session, because each SET of this role throws away all plans.
 */
export const sessionSettings = '-c session_replication_role=replica -c plan_cache_mode=force_generic_plan';

/** Sessions that have the statement for sequences, and those for which tables. */
const prepared = new WeakMap<pg.Client, Set<ResettableTable>>();

async function restore(
  admin: pg.Client,
  fast: InPlaceReset,
  { dirty, lsn }: Inspection,
  since: ResetPoint,
): Promise<Outcome> {
  // Sent as one string, they are one transaction.
  const statements = [
    ...preparation(admin, fast, dirty),
    ...dirty.flatMap((table) => fast.rows(table, since)),
    'EXECUTE sequences',
    'SELECT pg_current_xact_id()::text AS xid',
  ];
  const results = (await admin.query(statements.join(';\n'))) as unknown as pg.QueryResult[];
  const rows = results.flatMap((result) => result.rows as Record<string, unknown>[]);
  if (rows.some((row) => row['sound'] === false)) return { obstacle: 'rows put back are not what they were' };
  const { xid } = rows.find((row) => 'xid' in row) as { xid: string };
  return { mark: { xid, lsn } };
}

/** What this session has not prepared yet. Should that fail, the strict way ends the session. */
function preparation(admin: pg.Client, fast: InPlaceReset, dirty: Inspection['dirty']): string[] {
  const statements: string[] = [];
  let known = prepared.get(admin);
  if (known === undefined) {
    prepared.set(admin, (known = new Set()));
    statements.push(`PREPARE sequences AS ${fast.sequences()}`);
  }
  for (const { table } of dirty) {
    if (!known.has(table)) statements.push(...fast.prepare(table));
    known.add(table);
  }
  return statements;
}
