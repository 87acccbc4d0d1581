import type { Configuration } from '../../../run/configuration/index.ts';
import type { RunHost } from '../../../run/index.ts';
import type { Lane } from '../interleave.ts';
import { connect, openHost, startServer } from './host.ts';

/**
 * The start of a server from the cache: copying the data folder, starting processes, connecting, up to the answer of
 * the first query. The run's keeper starts at the same time, as in every run.
 */
export function start(configuration: Configuration): Lane {
  let host: RunHost;
  return {
    async prepare() {
      host = await openHost(configuration, 2);
    },
    async run() {
      const connection = await startServer(host);
      const client = await connect(connection, connection.maintenanceDatabase);
      await client.query('SELECT 1');
      await client.end();
    },
    tidy: () => host[Symbol.asyncDispose](),
  };
}
