import type pg from 'pg';
import type { ServerConnection } from '../connection.ts';

/** Reads the server's version, and whether it allows a reset in place. */
export async function inspectServer(client: pg.Client): Promise<Pick<ServerConnection, 'version' | 'inPlaceReset'>> {
  const { rows } = await client.query<{ version: number; superuser: boolean; walinspect: boolean }>(`
    SELECT current_setting('server_version_num')::int AS version,
           current_setting('is_superuser')::bool AS superuser,
           EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_walinspect') AS walinspect`);
  const { version, superuser, walinspect } = rows[0]!;
  return { version, inPlaceReset: version >= 180_000 && superuser && walinspect };
}
