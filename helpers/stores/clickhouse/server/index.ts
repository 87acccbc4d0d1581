import type { Configuration } from '../../../run/configuration/index.ts';
import { startDocker } from './docker.ts';
import { startLocal } from './local.ts';
import { checkRemote, hasAddress, useRemote } from './remote.ts';
import type { ClickHouseServer, StartOptions } from './clickhouse-server.ts';

/**
 * Checks before the first test what can be known without starting a server, so that a problem is reported once. A
 * missing engine is no problem yet, because tests of PostgreSQL alone do not need it.
 * @throws EnvironmentUnavailable in one sentence.
 */
export async function checkClickHouse(configuration: Configuration): Promise<void> {
  if (configuration.target === 'remote' && hasAddress(configuration.clickhouse))
    await (await checkRemote(configuration))[Symbol.asyncDispose]();
}

/** Starts, or for a remote target connects to, the ClickHouse of a run. Costs some 250 ms locally. */
export function startClickHouseServer(configuration: Configuration, options: StartOptions): Promise<ClickHouseServer> {
  switch (configuration.target) {
    case 'local':
      return startLocal(options);
    case 'docker':
      return startDocker(configuration, options);
    case 'remote':
      return useRemote(configuration, options);
  }
}

export { databasesOfRuns } from './remote.ts';
export type { ClickHouseServer } from './clickhouse-server.ts';
