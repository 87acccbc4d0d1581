import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import { type FileDataset, mistake, type TableRows } from '../datasets/index.ts';
import { firstSentence, quoted, withClient } from './connection.ts';
import { runFile, type Scripts, type Site } from './table-file.ts';

/**
 * Loads rows from files, by the engine's own readers of CSV and JSON: a column that a row does not have, or that is
 * empty in CSV, gets its default. Then runs the SQL.
 * @throws UsageError with file and line of the row that is refused.
 */
export async function loadRows(scripts: Scripts, site: Site, { tables, sql }: FileDataset): Promise<void> {
  await withClient(site.url, site.builder, site.database, async (client) => {
    for (const table of tables) await insert(client, site.database, table);
  });
  for (const file of sql) await runFile(scripts, site, file);
}

async function insert(client: ClickHouseClient, database: string, rows: TableRows): Promise<void> {
  const format = rows.format === 'csv' ? 'CSVWithNames' : 'JSONEachRow';
  const data =
    rows.format === 'csv' ? rows.text : rows.rows.map(({ text }) => text.replaceAll(/\s*\n\s*/g, ' ')).join('\n');
  try {
    await client.command({
      query: `INSERT INTO ${quoted(database)}.${quoted(rows.table)} FORMAT ${format}\n${data}`,
      clickhouse_settings: {
        input_format_skip_unknown_fields: 0,
        date_time_input_format: 'best_effort',
        async_insert: 0,
      },
    });
  } catch (error) {
    if (!(error instanceof ClickHouseError)) throw error;
    const row = Number(/\(at row (\d+)\)/.exec(error.message)?.[1] ?? 0);
    throw mistake(rows.file, rows.rows[row - 1]?.line ?? 1, `${firstSentence(error)}.`);
  }
}
