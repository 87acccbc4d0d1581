import { analyticsTables, type Dataset } from '../datasets/index.ts';
import { UsageError } from '../../lib/usage.ts';
import { type Administrator, literal, quoted } from './connection.ts';

/** Loads a dataset into a database. */
export interface Loader {
  load(admin: Administrator, database: string, dataset: Dataset): Promise<void>;
}

/** Inserts in bulk the tables and columns that dataset and database have in common. */
export const loader: Loader = {
  async load(admin, database, dataset) {
    const columnsOf = await columnsByTable(admin, database);
    const offered = analyticsTables(dataset);
    const known = offered.filter(({ name }) => columnsOf.has(name));
    if (known.length === 0)
      throw new UsageError(
        `Dataset '${dataset.name}' fits none of these tables: it has rows for ${offered.map(({ name }) => name).join(', ')}. Use dataset: 'empty', or one of your own.`,
      );
    for (const { name, columns, rows } of known) {
      const existing = columnsOf.get(name)!;
      const positions = columns.flatMap((column, i) => (existing.has(column) ? [i] : []));
      await admin.insert(
        `${quoted(database)}.${quoted(name)}`,
        positions.map((i) => columns[i]!),
        rows.map((row) => positions.map((i) => row[i])),
      );
    }
  },
};

async function columnsByTable(admin: Administrator, database: string): Promise<Map<string, Set<string>>> {
  const rows = await admin.rows<{ table: string; columns: string[] }>(`
    SELECT table, groupArray(name) AS columns FROM system.columns
    WHERE database = ${literal(database)} AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') GROUP BY table`);
  return new Map(rows.map(({ table, columns }) => [table, new Set(columns)]));
}
