import path from 'node:path';
import {
  type ClickHouseConnection,
  type ClickHouseDatabase,
  clickhouseParts,
  ClickHouseWorker,
} from '../../stores/clickhouse/index.ts';
import type { PostgresDatabase, PostgresWorker } from '../../stores/postgres/index.ts';
import type { RunFolder } from '../../run/index.ts';
import { type Account, addAccount, type LocalPlatform, seriesTables, startPlatform, stateSchema } from './platform.ts';

export interface OpenOptions {
  readonly folder: RunFolder;
  /** Part of the names of its processes. */
  readonly worker: number;
  /** The worker whose server has its state. */
  readonly postgres: PostgresWorker;
  /** The server that has its series, and the index of its test role there. */
  readonly clickhouse: ClickHouseConnection;
  readonly slot: number;
  /** The folder of the bundled processes. */
  readonly code: string;
  /** What the decorator in the bundles is told. */
  readonly decoration: string | undefined;
  readonly account: Account;
}

/** The prefix under which a run records the processes of its platforms. */
const recordPrefix = 'platform-';

/** A platform with databases of its own. */
export interface OpenPlatform extends LocalPlatform {
  readonly postgres: PostgresDatabase;
  readonly clickhouse: ClickHouseDatabase;
}

/** Starts a platform with new databases on a run's servers; both end together. Costs about a second. */
export async function openPlatform({
  folder,
  worker,
  postgres,
  clickhouse,
  slot,
  code,
  decoration,
  account,
}: OpenOptions): Promise<OpenPlatform> {
  const series = new ClickHouseWorker({ server: clickhouse, slot, parts: clickhouseParts, measure: () => undefined });
  await folder.endOrphans(recordPrefix); // of dead workers
  const leases = Promise.all([
    postgres.lease({ schema: stateSchema, dataset: 'empty', isolation: 'database' }, 'worker'),
    series.lease({ tables: seriesTables, dataset: 'empty' }),
  ]);
  try {
    const platform = await startPlatform({
      stores: leases.then(async ([state, metrics]) => {
        await addAccount(state.database.pool, account);
        return { postgres: state.database.url, clickhouse: metrics.database.url };
      }),
      code,
      decoration,
      mark: `${markIn(folder)}${process.pid}`,
      record: (name, pid) => folder.recordProcess(`${recordPrefix}${worker}-${name}`, pid),
    });
    const [state, metrics] = await leases;
    return {
      ...platform,
      postgres: state.database,
      clickhouse: metrics.database,
      async [Symbol.asyncDispose]() {
        await platform[Symbol.asyncDispose](); // before its databases are dropped
        await metrics.end();
        await state.end({ keep: false });
        await series[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await series[Symbol.asyncDispose]();
    throw error;
  }
}

/** An argument of all processes of a run's platforms, followed by the id of their owner. */
function markIn(run: RunFolder): string {
  return path.join(run.path, 'platform-of-');
}
