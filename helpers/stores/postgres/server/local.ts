import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { cacheFolder } from '../../../lib/cache.ts';
import type { Configuration } from '../../../run/configuration/index.ts';
import { EnvironmentUnavailable } from '../../../lib/environment.ts';
import { commandLine } from '../../../lib/own-modules.ts';
import { startProcess } from '../../../run/processes/index.ts';
import { waitFor } from '../../../lib/wait.ts';
import { roomForLog, roomIn, type RunFolder } from '../../../run/index.ts';
import type { ServerConnection } from '../connection.ts';
import { Generations } from '../template-cache/generations.ts';
import { prepareAdditions, templateFolder } from '../template-cache/index.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { copyFolder } from './copy-folder.ts';
import { type PreparedDataFolder, preparedDataFolder } from './prepared-data-folder.ts';
import { canEnter, type Identity, serverEnvironment, serverIdentity } from '../../../run/identity.ts';
import { dropAllButKept, preserve } from './kept.ts';
import { lastComplaint } from './log.ts';
import { releaseSharedMemory } from './memory.ts';
import type { PostgresServer, StartOptions } from './postgres-server.ts';
import { asArguments, disposableSettings, keepsLogForOthers, type Settings } from './settings.ts';

const host = '127.0.0.1';
const anyPort = 0;

/**
 * Starts a real PostgreSQL 18 from npm's binaries, on a copy of a prepared data folder, on the loopback address. It is
 * detached, so that Ctrl-C in the terminal does not end it before its tests.
 */
export async function startLocal(
  configuration: Configuration,
  { folder, workers, keptFolder, caching, origin }: LocalOptions,
): Promise<PostgresServer> {
  const identity = serverIdentity('PostgreSQL', folder.path);
  const cache = cacheFolder(configuration.cache, 'PostgreSQL', (place) =>
    canEnter(identity, place) ? undefined : `${place} lies where the user nobody cannot enter`,
  );
  const binaries = findBinaries(cache, identity);
  const prepared = origin ?? preparedDataFolder(cache, binaries, identity);
  const { admin, testRole } = prepared;
  const dataFolder = path.join(folder.path, 'postgres');
  const generations =
    caching === undefined ? undefined : new Generations(templateFolder(cache, prepared, configuration.fault));
  const generation = await copyOrigin(prepared, generations, dataFolder, identity);
  const { port: wanted, settings: own } = configuration.postgres;
  const port = await launch({ binaries, dataFolder, identity, folder, workers, own, port: wanted });
  const connection: ServerConnection = {
    host,
    port,
    admin,
    testRole,
    log: logOf(folder),
    maintenanceDatabase: 'postgres',
    version: versionNumber(binaries.version),
    owned: true,
    inPlaceReset: true,
    maxDatabases: configuration.postgres.maxDatabases,
    ...(configuration.postgres.locale === undefined ? {} : { locale: configuration.postgres.locale }),
    ...(generations === undefined ? {} : { templateCache: { folder: generations.folder, dataFolder } }),
    ...(keptFolder === undefined
      ? {}
      : { keeping: `\`${commandLine('kept')}\` starts its server again, until the next run.` }),
  };
  return {
    connection,
    async stop() {
      const keeping = keptFolder !== undefined && (await dropAllButKept(connection));
      const additions =
        keeping || caching === undefined
          ? undefined
          : await prepareAdditions(connection, generation, caching).catch(noAdditions);
      // Clean when the data are kept, otherwise fast.
      await folder.endProcess('postgres', keeping || additions !== undefined ? 'SIGINT' : 'SIGQUIT');
      releaseSharedMemory(dataFolder);
      if (keeping) await preserve(keptFolder, connection, (to) => copyFolder(dataFolder, to, identity));
      await additions?.publish().catch(noAdditions);
    },
  };
}

/**
 * Copies the newest data folder that has templates, or else the prepared one. Returns its generation.
 * A run that ends at the same time may replace it by a newer one.
 */
async function copyOrigin(
  prepared: PreparedDataFolder,
  generations: Generations | undefined,
  dataFolder: string,
  identity: Identity,
): Promise<number> {
  for (;;) {
    const generation = generations?.newest() ?? 0;
    if (generations === undefined || generation === 0) {
      await copyFolder(prepared.dataFolder, dataFolder, identity);
      return 0;
    }
    const source = generations.dataFolder(generation);
    try {
      await copyFolder(source, dataFolder, identity);
      if (existsSync(source)) return generation;
    } catch (error) {
      if (existsSync(source)) throw error;
    }
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** A server that has died, or a full disk, costs later runs only the time to make their templates. */
const noAdditions = (): undefined => undefined;

interface LocalOptions extends StartOptions {
  /** The data folder to start from instead of the prepared one. */
  readonly origin?: PreparedDataFolder;
}

/** Checks before the first test whether the configured port is free. @throws EnvironmentUnavailable when it is not. */
export async function checkLocal({ postgres: { port } }: Configuration): Promise<void> {
  if (port === undefined) return;
  await freePort(port).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? portInUse(port)
      : new EnvironmentUnavailable(
          `Port ${port} of ${host} cannot be taken (${error.code}): unset TEST_POSTGRES_PORT to take a free one.`,
        );
  });
}

interface Launch {
  readonly binaries: Binaries;
  readonly dataFolder: string;
  readonly identity: Identity;
  readonly folder: RunFolder;
  readonly workers: number;
  /** The user's own settings. */
  readonly own: Settings;
  readonly port: number | undefined;
}

/** PostgreSQL cannot choose a free port itself; when another process takes the chosen one first, the next is tried. */
async function launch(options: Launch): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort(anyPort));
    const child = await spawnServer(options, port);
    if (await isReady(child, options.dataFolder)) return port;
    const words = readFileSync(logOf(options.folder), 'utf8');
    const taken = words.includes('Address already in use');
    if (taken && options.port === undefined && attempt < 5) continue;
    if (taken) throw portInUse(port);
    throw new EnvironmentUnavailable(`PostgreSQL did not start: ${lastComplaint(words)}.`);
  }
}

async function spawnServer(
  { binaries, dataFolder, identity, folder, workers, own }: Launch,
  port: number,
): Promise<ChildProcess> {
  const output = openSync(logOf(folder), 'w', 0o600);
  try {
    const settings = {
      scram_iterations: 1,
      io_method: 'sync',
      dynamic_shared_memory_type: 'mmap',
      ...(keepsLogForOthers(own) ? {} : { max_worker_processes: 0, max_logical_replication_workers: 0 }),
      ...disposableSettings(workers, own, roomForLog(roomIn(folder.path))),
      port,
      listen_addresses: host,
      unix_socket_directories: '',
    };
    const child = await startProcess(
      'PostgreSQL',
      () =>
        spawn(binaries.postgres, ['-D', dataFolder, ...asArguments(settings)], {
          ...identity,
          cwd: '/',
          detached: true,
          stdio: ['ignore', output, output],
          env: { ...serverEnvironment(), PROVING_GROUND_RUN: folder.path },
        }),
      (pid) => folder.recordProcess('postgres', pid),
    );
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

/** The postmaster writes its state into line 8 of its pid file (`miscadmin.h`, LOCK_FILE_LINE_PM_STATUS). */
async function isReady(child: ChildProcess, dataFolder: string): Promise<boolean> {
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const ready = (): boolean => {
    try {
      return readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
    } catch {
      return false;
    }
  };
  return (await waitFor(() => ended() || ready(), 30_000, 1)) && !ended();
}

function logOf(folder: RunFolder): string {
  return path.join(folder.path, 'postgres.log');
}

/** `18.4.0-beta.17` as PostgreSQL's `server_version_num`: 180004. */
function versionNumber(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major * 10_000 + minor;
}

/** The wanted port if it is free; for {@link anyPort} any free one. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
      .once('error', reject)
      .listen(wanted, host, () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => resolve(port));
      });
  });
}

function portInUse(port: number): EnvironmentUnavailable {
  return new EnvironmentUnavailable(
    `Port ${port} of ${host} is in use: unset TEST_POSTGRES_PORT to take a free one, or end what listens there.`,
  );
}
