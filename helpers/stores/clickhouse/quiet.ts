import { type Administrator, literal } from './connection.ts';

/** Ends a test role's queries, from whatever connection, and flushes its asynchronous inserts. */
export async function quiesce(
  admin: Administrator,
  { user, database }: { readonly user: string; readonly database: string },
): Promise<void> {
  const [busy] = await admin.rows<{ queries: string; inserts: string }>(`
    SELECT (SELECT toString(count()) FROM system.processes WHERE user = ${literal(user)}) AS queries,
           (SELECT toString(count()) FROM system.asynchronous_inserts WHERE database = ${literal(database)}) AS inserts`);
  if (busy!.queries !== '0') await admin.run(`KILL QUERY WHERE user = ${literal(user)} SYNC`);
  if (busy!.inserts !== '0') await admin.run('SYSTEM FLUSH ASYNC INSERT QUEUE');
}
