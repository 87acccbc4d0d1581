import { type Administrator, literal, quoted } from './connection.ts';

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

/**
 * Keeps a template or a snapshot from changing by itself: no row expires, and no view refreshes.
 * @returns whether it could have changed until now.
 */
export async function keepStill(admin: Administrator, database: string): Promise<boolean> {
  const tables = await admin.rows<{ name: string; view: boolean }>(
    `SELECT name, engine = 'MaterializedView' AS view FROM system.tables WHERE database = ${literal(database)}
      AND create_table_query LIKE if(view, '% REFRESH %', '% TTL %') AND (view OR engine LIKE '%MergeTree')`,
  );
  for (const { name, view } of tables)
    await admin.run(`SYSTEM STOP ${view ? 'VIEW' : 'TTL MERGES'} ${quoted(database)}.${quoted(name)}`);
  return tables.length > 0;
}
