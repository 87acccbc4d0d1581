/** `npm run kept [-- output folder]`: starts the last run's PostgreSQL again, with the databases of failed tests. */
import path from 'node:path';
import { loadConfiguration } from '../run/configuration/index.ts';
import { EnvironmentUnavailable } from '../lib/environment.ts';
import { RunHost } from '../run/index.ts';
import { checkSystem } from '../run/system.ts';
import { connectionUrl, type ServerConnection } from '../stores/postgres/connection.ts';
import { Maintenance } from '../stores/postgres/maintenance.ts';
import { startKept } from '../stores/postgres/server/restart.ts';

const [, , outputFolder = 'test-results'] = process.argv;

try {
  const configuration = loadConfiguration();
  checkSystem('local');
  await using host = await RunHost.open(
    { postgres: (folder) => startKept(configuration, path.resolve(outputFolder, 'kept-postgres'), folder) },
    configuration.folder,
  );
  const server = (await host.service('postgres')) as ServerConnection;
  for (const name of await keptDatabases(server)) console.log(connectionUrl(server, server.testRole, name));
  console.log('Ctrl-C ends the server.');
  await new Promise<void>((resolve) => {
    const alive = setInterval(() => undefined, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
  });
} catch (error) {
  if (!(error instanceof EnvironmentUnavailable)) throw error;
  console.error(error.stack);
  process.exitCode = 1;
}

async function keptDatabases(server: ServerConnection): Promise<string[]> {
  await using maintenance = new Maintenance(server, 'proving_ground');
  return (await maintenance.owned()).filter(({ kept }) => kept).map(({ name }) => name);
}
