import path from 'node:path';
import pg from 'pg';
import type { Configuration } from '../../../run/configuration/index.ts';
import { type PostgresServer, startPostgresServer, type ServerConnection } from '../../../stores/postgres/index.ts';
import { RunHost } from '../../../run/index.ts';

/** A server for a part of the bench, started as a run of tests starts it, and gone with that part. */
export interface BenchServer {
  readonly connection: ServerConnection;
  /** Id of the run, part of every name. */
  readonly run: string;
  /** Where its data are. */
  readonly folder: string;
  /** Workers that the server was made for. */
  readonly workers: number;
  /** Connections to no database in particular, to make and drop others. */
  readonly admin: pg.Pool;
}

export async function withServer(
  configuration: Configuration,
  workers: number,
  use: (server: BenchServer) => Promise<void>,
): Promise<void> {
  await using host = await openHost(configuration, workers);
  const connection = await startServer(host);
  const admin = new pg.Pool({
    host: connection.host,
    port: connection.port,
    database: connection.maintenanceDatabase,
    ...connection.admin,
    idleTimeoutMillis: 0,
  });
  try {
    await use({ connection, run: host.folder.id, folder: host.folder.path, workers, admin });
  } finally {
    await admin.end();
  }
}

/** A run without a server as yet. */
export function openHost(configuration: Configuration, workers: number): Promise<RunHost> {
  return RunHost.open(
    {
      postgres: (folder) =>
        startPostgresServer(configuration, { folder, workers, keptFolder: path.join(folder.path, 'kept') }),
    },
    configuration.folder,
  );
}

export async function startServer(host: RunHost): Promise<ServerConnection> {
  return (await host.service('postgres')) as PostgresServer['connection'];
}

/**
 * Wakes up this process and the server. A worker comes to its next test from work; the bench comes from waiting, and
 * would measure how a processor gets its caches filled, which takes half a millisecond whatever is asked.
 */
export async function wakeUp({ admin }: BenchServer): Promise<void> {
  for (let query = 0; query < 20; query++) await admin.query('SELECT 1');
}

/** A client of plain `pg`. Its session may be ended from outside while it is idle, which must not end the bench. */
export async function connect(
  { host, port, testRole: tenant }: ServerConnection,
  database: string,
): Promise<pg.Client> {
  const client = new pg.Client({ host, port, database, ...tenant });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
