import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Configuration } from '../../../run/configuration/index.ts';
import { EnvironmentUnavailable } from '../../../lib/environment.ts';
import type { RunFolder } from '../../../run/index.ts';
import type { ServerConnection } from '../connection.ts';
import { addressFile } from './kept.ts';
import { checkLocal, startLocal } from './local.ts';
import type { PostgresServer } from './postgres-server.ts';

/** Starts a server on kept data, on its old port if free. @throws EnvironmentUnavailable when none was kept. */
export async function startKept(
  configuration: Configuration,
  keptFolder: string,
  folder: RunFolder,
): Promise<PostgresServer> {
  if (!existsSync(path.join(keptFolder, addressFile)))
    throw new EnvironmentUnavailable(
      `Nothing was kept in ${keptFolder}: databases of failed tests are, outside CI, until the next run.`,
    );
  const { port, admin, testRole } = JSON.parse(
    readFileSync(path.join(keptFolder, addressFile), 'utf8'),
  ) as ServerConnection;
  const withPort = (wanted: number | undefined): Configuration => ({
    ...configuration,
    postgres: { ...configuration.postgres, port: wanted },
  });
  const isFree = await checkLocal(withPort(port)).then(
    () => true,
    () => false,
  );
  return startLocal(withPort(isFree ? port : undefined), {
    folder,
    workers: 1,
    origin: { dataFolder: path.join(keptFolder, 'data'), admin, testRole },
  });
}
