import { Client } from 'pg';
import { connectionUrl, type ServerConnection } from '../../../helpers/stores/postgres/connection.ts';

/** Runs statements, one after the other, as what an ordinary role may not be. */
export async function queryAsSuperuser(
  server: ServerConnection,
  database: string,
  all: readonly string[],
): Promise<void> {
  const client = new Client(connectionUrl(server, server.admin, database));
  await client.connect();
  try {
    for (const sql of all) await client.query(sql);
  } finally {
    await client.end();
  }
}
