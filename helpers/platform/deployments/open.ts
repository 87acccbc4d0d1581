import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunFolder } from '../../run/index.ts';
import type { PostgresDatabase, PostgresWorker } from '../../stores/postgres/index.ts';
import type { ProviderProgram } from '../../terraform/index.ts';
import { makeOwnedFolder } from '../kernel/owned-folder.ts';
import { Supervisor } from '../kernel/supervisor.ts';
import { defaultManagerLimits, defaultManagerTimes, type ManagerConfiguration } from './manager-configuration.ts';
import { managerPlan } from './manager-process.ts';
import { ownProviders, providerProgram } from './providers/index.ts';

export interface OpenDeploymentsOptions {
  /** The run's folder. */
  readonly folder: RunFolder;
  /** Part of the names of its folder and its processes. Short, since the paths of sockets contain it. */
  readonly worker: number | string;
  /** The worker whose server has its state. */
  readonly postgres: PostgresWorker;
  /** The folder of the bundled processes. */
  readonly code: string;
  /** What the decorator in the bundle is told. */
  readonly decoration: string | undefined;
  /** Further providers, by the name that a deployment gives. */
  readonly providers?: Readonly<Record<string, ProviderProgram>>;
  /** Whether its log has the life of every provider process, and every RPC. */
  readonly debug?: boolean;
  /** Deviations from the defaults. */
  readonly times?: Partial<ManagerConfiguration['times']>;
}

/** A provider manager on this machine, with a database of its own. */
export interface OpenDeployments extends AsyncDisposable {
  readonly url: string;
  readonly secret: string;
  /** Its folder: `workspaces` has the working directories of provider processes, `s` their sockets. */
  readonly root: string;
  /** The names of the providers that deployments may use. */
  readonly providers: readonly string[];
  readonly postgres: PostgresDatabase;
  /** Of the process `manager`. */
  readonly supervisor: Supervisor;
}

/** The definition of its database. */
export const stateSchema = fileURLToPath(new URL('store/manager-tables.sql', import.meta.url));

/** The prefix of the folders of a run's managers. The path of a socket has little room for more. */
const folderPrefix = 'd';
/** The prefix under which a run records the processes of its managers. */
const recordPrefix = 'deployments-';

/** Starts a provider manager with a new database on a run's server; both end together. Costs about half a second. */
export async function openDeployments({
  folder: run,
  worker,
  postgres,
  code,
  decoration,
  providers,
  debug = false,
  times,
}: OpenDeploymentsOptions): Promise<OpenDeployments> {
  await run.endOrphans(recordPrefix); // of dead workers
  const root = makeOwnedFolder(run, folderPrefix, worker);
  const secret = randomBytes(32).toString('hex');
  const programs = {
    ...Object.fromEntries(ownProviders.map((name) => [name, providerProgram(code, name)])),
    ...providers,
  };
  const lease = postgres.lease({ schema: stateSchema, dataset: 'empty', isolation: 'database' }, 'worker');
  const configuration = lease.then(({ database }): ManagerConfiguration => ({
    postgres: database.url,
    secret,
    run: run.path,
    recordPrefix: `${recordPrefix}${worker}-provider-`,
    root,
    providers: programs,
    debug,
    limits: defaultManagerLimits,
    times: { ...defaultManagerTimes, ...times },
    decoration,
  }));
  const supervisor = new Supervisor([managerPlan], {
    configuration: () => configuration,
    record: (name, pid) => run.recordProcess(`${recordPrefix}${worker}-${name}`, pid),
    code,
    mark: `${root}${path.sep}`,
  });
  const close = async (): Promise<void> => {
    await supervisor[Symbol.asyncDispose]();
    await run.endOrphans(`${recordPrefix}${worker}-provider-`);
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    await (await lease).end({ keep: false });
  };
  try {
    // Both at once, because the manager never becomes ready when its database fails.
    await Promise.all([supervisor.start(), configuration]);
    const { database } = await lease;
    return {
      url: `http://127.0.0.1:${await supervisor.process('manager').port()}`,
      secret,
      root,
      providers: Object.keys(programs),
      postgres: database,
      supervisor,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close().catch(() => undefined); // the first error says more
    throw error;
  }
}
