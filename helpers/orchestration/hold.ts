import pg from 'pg';
import { waitFor } from '../lib/wait.ts';
import type { Access } from './connection.ts';
import type { Hold } from './store-module.ts';

/** Runs statements that lock something in PostgreSQL, and holds the locks until they are released. */
export function holdLocks(access: Access, statements: string): Promise<Hold> {
  return hold(access, `BEGIN; ${statements}`, 'ROLLBACK');
}

/** Makes an ack wait before its second work item of an instance, where other items could come between. */
export function holdWork(access: Access, table: string, instance: string): Promise<Hold> {
  const isOfInstance = (row: string): string => `to_jsonb(${row})::text LIKE ${pg.escapeLiteral(`%${instance}%`)}`;
  const isSecond = `${isOfInstance('NEW')} AND EXISTS (SELECT FROM ${table} one WHERE ${isOfInstance('one')})`;
  return holdBefore(access, `INSERT ON ${table} FOR EACH ROW`, isSecond);
}

/** Makes whoever does something, such as `DELETE ON locks`, wait before it. */
export function holdBefore(access: Access, event: string, condition = 'true'): Promise<Hold> {
  return hold(
    access,
    `SELECT pg_advisory_lock(1, 1);
     CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF ${condition} THEN PERFORM pg_advisory_xact_lock(1, 1); END IF;
       RETURN NEW;
     END $$;
     CREATE TRIGGER hold BEFORE ${event} EXECUTE FUNCTION hold()`,
    'SELECT pg_advisory_unlock(1, 1); DROP FUNCTION hold CASCADE',
  );
}

async function hold({ url, schema }: Access, take: string, giveBack: string): Promise<Hold> {
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
  await client.connect();
  await client.query(take);
  const waiting = async (): Promise<number> => {
    const { rowCount } = await client.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rowCount ?? 0;
  };
  let ended: Promise<void> | undefined;
  return {
    holds: (count) => waitFor(async () => (await waiting()) >= count, 500),
    release: () => (ended ??= client.query(giveBack).then(() => client.end())),
  };
}
