import { EnvironmentUnavailable } from '../../lib/environment.ts';
import { loadConfiguration } from '../../run/configuration/index.ts';
import { roomNeeded, RunHost } from '../../run/index.ts';
import { type Closable, type Loan, Shared } from '../../run/shared.ts';
import { checkSystem } from '../../run/system.ts';
import type { ClickHouseConnection } from './connection.ts';
import type { ClickHouseDatabase } from './database.ts';
import { clickhouseParts } from './parts.ts';
import { checkClickHouse, startClickHouseServer } from './server/index.ts';
import { ClickHouseWorker, type DatabaseRequest } from './worker.ts';

/** Databases that a process may have at a time, each with a user of its own. */
const most = 20;

/** This process's server. */
class Alone implements AsyncDisposable {
  readonly #host: RunHost;
  readonly #server: ClickHouseConnection;
  readonly #free = Array.from({ length: most }, (_, slot) => slot);
  readonly #workers = new Map<number, ClickHouseWorker>();

  private constructor(host: RunHost, server: ClickHouseConnection) {
    this.#host = host;
    this.#server = server;
  }

  static async open(): Promise<Alone> {
    const configuration = loadConfiguration();
    checkSystem(configuration.target);
    await checkClickHouse(configuration);
    const { rolePolicy, door } = clickhouseParts;
    const host = await RunHost.open(
      { clickhouse: (folder) => startClickHouseServer(configuration, { folder, workers: most, rolePolicy, door }) },
      configuration.folder,
      roomNeeded(1, configuration.target === 'local'),
    );
    try {
      return new Alone(host, (await host.service('clickhouse')) as ClickHouseConnection);
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A database that nothing else has; `end` puts it back. */
  async lease(recipe: DatabaseRequest): Promise<Loan<ClickHouseDatabase>> {
    const slot = this.#free.shift();
    if (slot === undefined) throw new EnvironmentUnavailable(`A process may have ${most} databases: close one first.`);
    const worker = this.#workers.get(slot) ?? this.#workerAt(slot);
    try {
      const lease = await worker.lease(recipe);
      const end = async (): Promise<void> => {
        try {
          await lease.end();
        } finally {
          this.#free.unshift(slot); // the next lease puts the database back
        }
      };
      return { lent: lease.database, end };
    } catch (error) {
      this.#free.unshift(slot);
      throw error;
    }
  }

  #workerAt(slot: number): ClickHouseWorker {
    const measure = (): void => undefined;
    const worker = new ClickHouseWorker({ server: this.#server, slot, parts: clickhouseParts, measure });
    this.#workers.set(slot, worker);
    return worker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await Promise.all([...this.#workers.values()].map((worker) => worker[Symbol.asyncDispose]()));
    } finally {
      await this.#host[Symbol.asyncDispose]();
    }
  }
}

const alone = new Shared(() => Alone.open());

/**
 * A ClickHouse database of its own, seeded, for any test runner or program:
 *
 *     await using db = await clickhouse({ tables: './clickhouse', dataset: 'empty' });
 *
 * Options and members are those of the fixture `clickhouse`; relative paths count from the working directory. The first
 * one of a process starts the server, which takes some 400 ms, and ends half a second after the last database. Also
 * after a kill nothing is left. `TARGET` and the other variables say where the server comes from.
 * @throws EnvironmentUnavailable, or UsageError for tables or a dataset that cannot be made.
 */
export async function clickhouse({
  tables = 'basic',
  dataset = 'minimal',
  ...given
}: Partial<DatabaseRequest> = {}): Promise<ClickHouseDatabase & Closable> {
  return alone.lend((server) => server.lease({ tables, dataset, ...given }));
}

export { EnvironmentUnavailable } from '../../lib/environment.ts';
export type { ClickHouseDatabase, Closable };
export type { Tables } from './tables.ts';
export type { InsertFunction } from './template.ts';
