import path from 'node:path';
import pg from 'pg';
import type { Configuration } from '../../../run/configuration/index.ts';
import {
  type PostgresServer,
  type ServerConnection,
  startPostgresServer,
  type TemplateCaching,
} from '../../../stores/postgres/index.ts';
import { RunHost } from '../../../run/index.ts';

/** A server for a part of the bench, started as for a run of tests, and stopped with that part. */
export interface BenchServer {
  readonly connection: ServerConnection;
  /** The run's id, part of every name. */
  readonly run: string;
  /** The folder of its data. */
  readonly folder: string;
  /** Workers that the server was made for. */
  readonly workers: number;
  /** Connections for creating and dropping databases. */
  readonly admin: pg.Pool;
}

export async function withServer(
  configuration: Configuration,
  workers: number,
  use: (server: BenchServer) => Promise<void>,
  caching?: TemplateCaching,
): Promise<void> {
  await using host = await openHost(configuration, workers, caching);
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

/** A run that has not started a server yet. */
export function openHost(configuration: Configuration, workers: number, caching?: TemplateCaching): Promise<RunHost> {
  return RunHost.open(
    {
      postgres: (folder) =>
        startPostgresServer(configuration, {
          folder,
          workers,
          keptFolder: path.join(folder.path, 'kept'),
          ...(caching === undefined ? {} : { caching }),
        }),
    },
    configuration.folder,
  );
}

export async function startServer(host: RunHost): Promise<ServerConnection> {
  return (await host.service('postgres')) as PostgresServer['connection'];
}

/** Warms up this process and the server, since a worker reaches its next test at full speed. */
export async function wakeUp({ admin }: BenchServer): Promise<void> {
  for (let query = 0; query < 20; query++) await admin.query('SELECT 1');
}

/** A plain client of `pg`. The server may end its idle session, which must not end the bench. */
export async function connect({ host, port, testRole }: ServerConnection, database: string): Promise<pg.Client> {
  const client = new pg.Client({ host, port, database, ...testRole });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
