import { waitFor } from '../../run/processes/index.ts';
import { type Administrator, literal, quoted } from './connection.ts';

const patience = 30_000;

/**
 * Waits until what was ordered to be changed is changed: `ALTER … UPDATE` and `DELETE` go on in the background, and
 * what `UPDATE` has changed waits in parts of its own, which no other table could take over.
 * @throws Error naming a mutation that fails or does not come to an end.
 */
export async function waitForMutations(admin: Administrator, database: string): Promise<void> {
  const patched = await admin.rows<{ table: string }>(
    `SELECT DISTINCT table FROM system.parts WHERE active AND database = ${literal(database)} AND startsWith(partition_id, 'patch-')`,
  );
  for (const { table } of patched) await admin.run(`ALTER TABLE ${quoted(database)}.${quoted(table)} APPLY PATCHES`);
  const open = (): Promise<Mutation[]> =>
    admin.rows<Mutation>(`
    SELECT table, command, latest_fail_reason AS failure FROM system.mutations WHERE database = ${literal(database)} AND NOT is_done ORDER BY create_time`);
  let left: Mutation[] = [];
  const over = async (): Promise<boolean> => {
    left = await open();
    return left.length === 0 || left.some(({ failure }) => failure !== '');
  };
  await waitFor(over, patience, 5);
  const [mutation] = left;
  if (mutation === undefined) return;
  throw new Error(
    `A mutation of ${mutation.table} does not come to an end (ALTER TABLE ${mutation.table} ${mutation.command})${mutation.failure === '' ? '' : `: ${mutation.failure}`}`,
  );
}

interface Mutation {
  readonly table: string;
  readonly command: string;
  readonly failure: string;
}
