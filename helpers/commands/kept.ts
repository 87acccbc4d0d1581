import path from 'node:path';
import { loadConfiguration } from '../run/configuration/index.ts';
import { RunHost } from '../run/index.ts';
import { checkSystem } from '../run/system.ts';
import { connectionUrl, type ServerConnection } from '../stores/postgres/connection.ts';
import { Maintenance } from '../stores/postgres/maintenance.ts';
import { startKept } from '../stores/postgres/server/restart.ts';

/**
 * Starts the last run's PostgreSQL again, and says which failed test each of its databases is of, until it is
 * interrupted.
 * @throws EnvironmentUnavailable when nothing was kept.
 */
export async function serveKept(outputFolder = 'test-results'): Promise<void> {
  const configuration = loadConfiguration();
  checkSystem('local');
  await using host = await RunHost.open(
    { postgres: (folder) => startKept(configuration, path.resolve(outputFolder, 'kept-postgres'), folder) },
    configuration.folder,
  );
  const server = (await host.service('postgres')) as ServerConnection;
  for (const { name, test } of await keptDatabases(server))
    process.stdout.write(`${connectionUrl(server, server.testRole, name)}\n  ${test}\n`);
  process.stdout.write('Ctrl-C ends the server.\n');
  await interrupted();
}

async function keptDatabases(server: ServerConnection): Promise<{ name: string; test: string }[]> {
  await using maintenance = new Maintenance(server, 'proving_ground');
  const databases = (await maintenance.owned()).filter(({ kept }) => kept);
  return await Promise.all(
    databases.map(async ({ name }) => ({ name, test: (await maintenance.comment(name)) ?? 'of an unknown test' })),
  );
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
  });
}
