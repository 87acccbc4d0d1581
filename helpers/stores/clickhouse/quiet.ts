import { type Administrator, literal, quoted } from './connection.ts';

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
