import pg from 'pg';
import { waitFor } from '../lib/wait.ts';
import type { Access } from './connection.ts';
import type { Hold } from './store-module.ts';

/** Runs statements that lock something in PostgreSQL, and holds the locks until they are released. */
export async function holdLocks({ url, schema }: Access, statements: string): Promise<Hold> {
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
  await client.connect();
  await client.query(`BEGIN; ${statements}`);
  const waiting = async (): Promise<number> => {
    const { rowCount } = await client.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rowCount ?? 0;
  };
  let ended: Promise<void> | undefined;
  return {
    holds: (count) => waitFor(async () => (await waiting()) >= count, 500),
    release: () => (ended ??= client.end()), // a lost session's locks end with it
  };
}
