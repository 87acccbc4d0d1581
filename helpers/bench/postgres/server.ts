import pg from 'pg';
import type { Configuration } from '../../configuration/index.ts';
import { type PostgresServer, startPostgresServer, type ServerConnection } from '../../postgres/index.ts';
import { RunHost } from '../../run/index.ts';

/** A server for a part of the bench, started as a run of tests starts it, and gone with that part. */
export interface BenchServer {
  readonly connection: ServerConnection;
  /** Id of the run, part of every name. */
  readonly run: string;
  /** Workers that the server was made for. */
  readonly workers: number;
  /** A connection to no database in particular, to make and drop others. */
  readonly admin: pg.Client;
}

export async function withServer<T>(configuration: Configuration, workers: number, use: (server: BenchServer) => Promise<T>): Promise<T> {
  await using host = await openHost(configuration, workers);
  const connection = await startServer(host);
  const admin = await connect(connection, connection.maintenanceDatabase, connection.admin);
  try {
    return await use({ connection, run: host.folder.id, workers, admin });
  } finally {
    await admin.end();
  }
}

/** A run without a server as yet. */
export function openHost(configuration: Configuration, workers: number): Promise<RunHost> {
  return RunHost.open({ postgres: (folder) => startPostgresServer(configuration, { folder, workers }) }, configuration.folder);
}

export async function startServer(host: RunHost): Promise<ServerConnection> {
  return (await host.service('postgres')) as PostgresServer['connection'];
}

/** A client of plain `pg`. Sessions are ended from outside, too, and an idle client's error would end the bench. */
export async function connect({ host, port, tenant }: ServerConnection, database: string, credentials = tenant): Promise<pg.Client> {
  const client = new pg.Client({ host, port, database, ...credentials });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
