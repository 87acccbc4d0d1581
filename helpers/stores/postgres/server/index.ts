import type { Configuration } from '../../../run/configuration/index.ts';
import { sweepContainers } from '../../../run/containers/index.ts';
import type { PostgresServer, StartOptions } from './postgres-server.ts';
import { startDocker } from './docker.ts';
import { checkLocal, startLocal } from './local.ts';
import { checkRemote, hasAddress, useRemote } from './remote.ts';

/**
 * Checks before the first test what can be known without starting a server, so that a problem is reported once.
 * @throws EnvironmentUnavailable in one sentence.
 */
export async function checkPostgres(configuration: Configuration): Promise<void> {
  switch (configuration.target) {
    case 'local':
      return checkLocal(configuration);
    case 'docker':
      return sweepContainers();
    case 'remote':
      return hasAddress(configuration.postgres) ? (await checkRemote(configuration)).end() : undefined;
  }
}

/** Starts, or for a remote target connects to, a run's PostgreSQL. Costs about 90 ms with a warm cache. */
export function startPostgresServer(configuration: Configuration, options: StartOptions): Promise<PostgresServer> {
  switch (configuration.target) {
    case 'local':
      return startLocal(configuration, options);
    case 'docker':
      return startDocker(configuration, options);
    case 'remote':
      return useRemote(configuration, options);
  }
}

export { databasesOfRuns } from './remote.ts';
export type { PostgresServer } from './postgres-server.ts';
