import { waitFor } from '../../lib/wait.ts';
import { type Administrator, errorCode, hasCode, literal, quoted } from './connection.ts';

const patience = 30_000;

/**
 * Brings a database to rest: rows that wait in Buffer tables go to where they belong, and all mutations end.
 * @throws Error naming a mutation that fails or does not end.
 */
export async function settle(admin: Administrator, database: string): Promise<void> {
  await flushBuffers(admin, database);
  await waitForMutations(admin, database);
}

/** Otherwise their rows are in no table that is read. One whose table is gone keeps them, as on the server. */
export async function flushBuffers(admin: Administrator, database: string): Promise<void> {
  const buffers = await admin.rows<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = ${literal(database)} AND engine = 'Buffer'`,
  );
  for (const { name } of buffers)
    await admin.run(`OPTIMIZE TABLE ${quoted(database)}.${quoted(name)}`).catch((error: unknown) => {
      if (!hasCode(error, errorCode.unknownTable)) throw error;
    });
}

/**
 * Waits until all mutations have ended: `ALTER … UPDATE` and `DELETE` run in the background, and a lightweight `UPDATE`
 * leaves patch parts, which cannot be attached to another table.
 * @throws Error naming a mutation that fails or does not end.
 */
async function waitForMutations(admin: Administrator, database: string): Promise<void> {
  const patched = await admin.rows<{ table: string }>(
    `SELECT DISTINCT table FROM system.parts WHERE active AND database = ${literal(database)} AND startsWith(partition_id, 'patch-')`,
  );
  for (const { table } of patched) await admin.run(`ALTER TABLE ${quoted(database)}.${quoted(table)} APPLY PATCHES`);
  const open = (): Promise<Mutation[]> =>
    admin.rows<Mutation>(`
    SELECT table, command, latest_fail_reason AS failure FROM system.mutations WHERE database = ${literal(database)} AND NOT is_done ORDER BY create_time`);
  let left: Mutation[] = [];
  const ended = async (): Promise<boolean> => {
    left = await open();
    return left.length === 0 || left.some(({ failure }) => failure !== '');
  };
  await waitFor(ended, patience, 5);
  const [mutation] = left;
  if (mutation === undefined) return;
  throw new Error(
    `A mutation of ${mutation.table} does not end (ALTER TABLE ${mutation.table} ${mutation.command})${mutation.failure === '' ? '' : `: ${mutation.failure}`}`,
  );
}

interface Mutation {
  readonly table: string;
  readonly command: string;
  readonly failure: string;
}
