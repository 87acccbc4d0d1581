import { loadConfiguration } from '../../run/configuration/index.ts';
import { roomNeeded, RunHost } from '../../run/index.ts';
import { type Closable, Shared } from '../../run/shared.ts';
import { checkSystem } from '../../run/system.ts';
import type { ServerConnection } from './connection.ts';
import type { PostgresDatabase } from './database.ts';
import { postgresParts } from './parts.ts';
import { checkPostgres, startPostgresServer } from './server/index.ts';
import { type DatabaseRequest, PostgresWorker } from './worker.ts';

/** This process's server, and its share of it, which is all. */
class Alone implements AsyncDisposable {
  readonly #host: RunHost;
  readonly worker: PostgresWorker;

  private constructor(host: RunHost, worker: PostgresWorker) {
    this.#host = host;
    this.worker = worker;
  }

  static async open(): Promise<Alone> {
    const configuration = loadConfiguration();
    checkSystem(configuration.target);
    await checkPostgres(configuration);
    const { templateCaching: caching } = postgresParts;
    const host = await RunHost.open(
      { postgres: (folder) => startPostgresServer(configuration, { folder, workers: 1, caching }) },
      configuration.folder,
      roomNeeded(1, configuration.target === 'local'),
    );
    try {
      const server = (await host.service('postgres')) as ServerConnection;
      const measure = (): void => undefined;
      const options = { server, run: host.folder.id, worker: 0, workers: 1, parts: postgresParts, measure };
      return new Alone(host, await PostgresWorker.open(options));
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.worker[Symbol.asyncDispose]();
    } finally {
      await this.#host[Symbol.asyncDispose]();
    }
  }
}

const alone = new Shared(() => Alone.open());

/**
 * A PostgreSQL database of its own, seeded, for any test runner or program:
 *
 *     await using db = await postgres({ schema: './migrations', dataset: 'empty' });
 *
 * Options and members are those of the fixture `postgres`; relative paths count from the working directory. The first
 * one of a process starts the server, which takes some 150 ms, and ends half a second after the last database. Also
 * after a kill nothing is left. `TARGET` and the other variables say where the server comes from.
 * @throws EnvironmentUnavailable, or UsageError for a schema or dataset that cannot be made.
 */
export async function postgres({
  schema = 'basic',
  dataset = 'minimal',
  isolation = 'database',
  ...given
}: Partial<DatabaseRequest> = {}): Promise<PostgresDatabase & Closable> {
  return alone.lend(async ({ worker }) => {
    const { database, end } = await worker.lease({ schema, dataset, isolation, ...given });
    return {
      lent: database,
      async end() {
        await database.settle();
        await end({ keep: false });
      },
    };
  });
}

export { EnvironmentUnavailable } from '../../lib/environment.ts';
export type { Closable, PostgresDatabase };
export type { Schema } from './schema.ts';
export type { DatasetFunction, DatasetOption } from './template.ts';
