import type { Configuration } from '../../configuration/index.ts';
import type { RunFolder } from '../../run/index.ts';
import type { PostgresServer } from './server.ts';
import { startDocker } from './docker.ts';
import { startLocal } from './local.ts';
import { useRemote } from './remote.ts';

/** Starts (or finds) the PostgreSQL of a run, by target. Costs about 60 ms locally when the cache is warm. */
export function startPostgresServer(configuration: Configuration, folder: RunFolder, workers: number): Promise<PostgresServer> {
  switch (configuration.target) {
    case 'local':
      return startLocal(configuration, folder, workers);
    case 'docker':
      return startDocker(configuration, folder, workers);
    case 'remote':
      return useRemote(configuration, folder);
  }
}

export { sweepContainers } from './docker.ts';
export { checkRemote } from './remote.ts';
export type { PostgresServer } from './server.ts';
