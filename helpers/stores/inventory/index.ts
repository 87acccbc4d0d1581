import { readConfiguration } from '../../run/configuration/index.ts';
import { containersOfRuns } from '../../run/containers/index.ts';
import { rootCandidates, RunFolder } from '../../run/index.ts';
import { databasesOfRuns as clickhouseDatabases } from '../clickhouse/index.ts';
import { databasesOfRuns as postgresDatabases } from '../postgres/index.ts';
import type { Inventory } from './inventory.ts';
import { processesOfRuns } from './server-processes.ts';

export { type Inventory } from './inventory.ts';

/**
 * Lists what this project's runs have on this machine and, with TARGET=remote, on the servers, including concurrent
 * runs. A local server's databases are not listed, since they are removed with its folder. Costs some milliseconds, and
 * some round trips to a remote server.
 * @throws EnvironmentUnavailable when a remote server or the Docker engine does not answer.
 */
export async function takeInventory(configuration = readConfiguration(process.env)): Promise<Inventory> {
  const { target } = configuration;
  const [databases, containers] = await Promise.all([
    target === 'remote' ? Promise.all([postgresDatabases(configuration), clickhouseDatabases(configuration)]) : [],
    target === 'docker' ? containersOfRuns() : [],
  ]);
  return {
    databases: databases.flat(),
    containers,
    folders: rootCandidates(configuration.folder)
      .flatMap((root) => RunFolder.all(root))
      .map(({ path }) => path),
    ...processesOfRuns(),
  };
}
