import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, cpSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Configuration } from '../../configuration/index.ts';
import { EnvironmentUnavailable, messageOf } from '../../environment.ts';
import { stopProcess, waitFor } from '../../processes/index.ts';
import type { RunFolder } from '../../run/index.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { cacheFolder, goldenDataFolder } from './golden.ts';
import { type Identity, serverIdentity } from './identity.ts';
import type { PostgresServer } from './server.ts';
import { asArguments, disposableSettings } from './settings.ts';

const host = '127.0.0.1';
const execute = promisify(execFile);

/**
 * A real PostgreSQL 18 from npm's binaries, on a copy of a prepared data folder, listening on the loopback address.
 * Detached, so that a Ctrl-C in the terminal does not reach it before its tests have ended.
 */
export async function startLocal(configuration: Configuration, folder: RunFolder, workers: number): Promise<PostgresServer> {
  const identity = serverIdentity();
  const cache = cacheFolder(configuration.cache, identity);
  const binaries = findBinaries(cache, identity);
  const golden = goldenDataFolder(cache, binaries, identity);
  const dataFolder = path.join(folder.path, 'postgres');
  await copyDataFolder(golden.dataFolder, dataFolder);
  const { port, pid } = await launch({ binaries, dataFolder, identity, folder, workers, port: configuration.postgres.port });
  return {
    connection: {
      host, port, dataFolder,
      admin: golden.admin,
      tenant: golden.tenant,
      maintenanceDatabase: 'postgres',
      version: versionNumber(binaries.version),
      owned: true,
      fastReset: true,
      maxDatabases: configuration.postgres.maxDatabases,
    },
    stop: () => stopProcess(pid, 'SIGQUIT'),
  };
}

interface Launch {
  readonly binaries: Binaries;
  readonly dataFolder: string;
  readonly identity: Identity;
  readonly folder: RunFolder;
  readonly workers: number;
  readonly port: number | undefined;
}

/** PostgreSQL cannot choose a free port itself; where somebody takes the chosen one first, another is tried. */
async function launch(options: Launch): Promise<{ port: number; pid: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const { child, log } = spawnServer(options, port);
    if (await isReady(child, options.dataFolder)) return { port, pid: child.pid! };
    const words = readFileSync(log, 'utf8');
    const taken = words.includes('Address already in use');
    if (taken && options.port === undefined && attempt < 5) continue;
    if (taken) throw new EnvironmentUnavailable(`Port ${port} of ${host} is in use: unset TEST_POSTGRES_PORT to take a free one, or end what listens there.`);
    throw new EnvironmentUnavailable(`PostgreSQL did not start: ${lastComplaint(words)}.`);
  }
}

function spawnServer({ binaries, dataFolder, identity, folder, workers }: Launch, port: number): { child: ChildProcess; log: string } {
  const log = path.join(folder.path, 'postgres.log');
  const output = openSync(log, 'w');
  try {
    const settings = { ...disposableSettings(workers), port, listen_addresses: host, unix_socket_directories: '', scram_iterations: 1, io_method: 'sync', dynamic_shared_memory_type: 'mmap', max_worker_processes: 0, max_logical_replication_workers: 0 };
    const child = spawn(binaries.postgres, ['-D', dataFolder, ...asArguments(settings)], { ...identity, cwd: '/', detached: true, stdio: ['ignore', output, output], env: { ...process.env, LC_ALL: 'C' } });
    child.once('error', () => undefined); // isReady tells
    child.unref();
    if (child.pid !== undefined) folder.recordProcess('postgres', child.pid);
    return { child, log };
  } finally {
    closeSync(output);
  }
}

/** The postmaster writes its state into its pid file, line 8 (`miscadmin.h`, LOCK_FILE_LINE_PM_STATUS). */
async function isReady(child: ChildProcess, dataFolder: string): Promise<boolean> {
  const ended = (): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const ready = (): boolean => {
    try {
      return readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
    } catch {
      return false;
    }
  };
  return (await waitFor(() => ended() || ready(), 30_000, 1)) && !ended();
}

async function copyDataFolder(from: string, to: string): Promise<void> {
  try {
    // `cp` keeps the owner, which Node's own copy does not, and blocks nobody.
    if (process.platform === 'win32') cpSync(from, to, { recursive: true });
    else await execute('cp', ['-R', '-p', from, to]);
  } catch (error) {
    throw new EnvironmentUnavailable(`PostgreSQL's data folder could not be copied to ${to}: ${lastComplaint(messageOf(error))}.`);
  }
}

/** `18.4.0-beta.17` as PostgreSQL's `server_version_num`: 180004. */
function versionNumber(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major * 10_000 + minor;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, host, () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

function lastComplaint(words: string): string {
  const lines = words.trim().split('\n');
  return (lines.findLast((line) => /FATAL|PANIC|cannot|No space/i.test(line)) ?? lines.at(-1) ?? 'it said nothing').replace(/^.*?(FATAL|PANIC):\s*/, '').replace(/\.$/, '');
}
