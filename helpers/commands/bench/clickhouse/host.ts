import { type ClickHouseConnection, clickhouseParts, startClickHouseServer } from '../../../stores/clickhouse/index.ts';
import type { Configuration } from '../../../run/configuration/index.ts';
import { RunHost } from '../../../run/index.ts';

/** Workers that the bench's servers are made for. */
export const mostWorkers = 4;

/** A run that has not started a server yet. */
export function openHost(configuration: Configuration): Promise<RunHost> {
  return RunHost.open(
    {
      clickhouse: (folder) =>
        startClickHouseServer(configuration, { folder, workers: mostWorkers, ...clickhouseParts }),
    },
    configuration.folder,
  );
}

export async function startServer(host: RunHost): Promise<ClickHouseConnection> {
  return (await host.service('clickhouse')) as ClickHouseConnection;
}
