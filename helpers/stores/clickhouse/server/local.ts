import { spawn } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentUnavailable, messageOf } from '../../../lib/environment.ts';
import { type Identity, serverIdentity } from '../../../run/identity.ts';
import { startProcess, stopProcess } from '../../../run/processes/index.ts';
import { waitFor } from '../../../lib/wait.ts';
import { shortage } from '../../../lib/shortage.ts';
import type { ClickHouseConnection } from '../connection.ts';
import { serverConfiguration, usersConfiguration } from './server-configuration.ts';
import { findLibrary } from './library.ts';
import type { ClickHouseServer, StartOptions } from './clickhouse-server.ts';
import { newAdministrator, newTestRoles } from './test-roles.ts';

const patience = 60_000;

/** Starts the ClickHouse engine of libchdb in a process of its own, in the run's folder. Costs some 250 ms. */
export async function startLocal({ folder, workers, rolePolicy, door }: StartOptions): Promise<ClickHouseServer> {
  const library = findLibrary();
  const identity = serverIdentity('ClickHouse', folder.path);
  const home = path.join(folder.path, 'clickhouse');
  const users = { admin: newAdministrator(), testRoles: newTestRoles(folder.id, workers) };
  const configuration = [path.join(home, 'config.xml'), path.join(home, 'users.xml')];
  const workingFolder = path.join(home, 'start');
  try {
    for (const one of [home, workingFolder]) give(identity, one, (place) => mkdirSync(place, { mode: 0o700 }));
    give(identity, configuration[0]!, (file) =>
      writeFileSync(file, serverConfiguration(home, users, door), { mode: 0o600 }),
    );
    give(identity, configuration[1]!, (file) =>
      writeFileSync(file, usersConfiguration(users, rolePolicy, door), { mode: 0o600 }),
    );
  } catch (error) {
    throw (
      shortage(error) ??
      new EnvironmentUnavailable(
        `ClickHouse's folder ${home} cannot be written (${messageOf(error)}): free some disk space, or point PROVING_GROUND_FOLDER at another folder.`,
      )
    );
  }
  const output = openSync(path.join(home, 'output.log'), 'w', 0o600);
  const child = await startProcess(
    'ClickHouse',
    () =>
      spawn(
        process.execPath,
        [
          fileURLToPath(new URL('engine.cjs', import.meta.url)),
          library,
          home,
          JSON.stringify({ ...door.confinement, identity }),
        ],
        {
          cwd: workingFolder,
          detached: true,
          stdio: ['pipe', output, output],
          env: door.environment(),
        },
      ),
    (one) => folder.recordProcess('clickhouse', one),
  ).finally(() => closeSync(output));
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  const pid = child.pid!;

  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await waitFor(() => ended() || portIn(home) !== undefined, patience);
  const port = portIn(home);
  if (ended() || port === undefined) {
    await stopProcess(pid, 'SIGKILL');
    throw new EnvironmentUnavailable(
      `ClickHouse did not start (${complaintIn(path.join(home, 'output.log'))}): see ${folder.path.startsWith('/dev/shm') ? 'that there is memory and room in /dev/shm' : 'that there is memory and disk space'}, or set TARGET=docker or TARGET=remote.`,
    );
  }
  door.shut({ configuration, workingFolder });
  const connection: ClickHouseConnection = { url: `http://127.0.0.1:${port}`, ...users, owned: true };
  return { connection, stop: () => stopProcess(pid, 'SIGKILL') };
}

/** Creates a file or folder that belongs to the user that the engine runs as. */
function give({ uid, gid }: Identity, file: string, make: (file: string) => void): void {
  make(file);
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
}

/** The server writes the port with a line break, so a file without one is not complete yet. */
function portIn(home: string): number | undefined {
  try {
    return Number(/^(\d+)\n/.exec(readFileSync(path.join(home, 'port'), 'utf8'))?.[1] ?? undefined) || undefined;
  } catch {
    return undefined;
  }
}

function complaintIn(log: string): string {
  const words = readFileSync(log, 'utf8').trim();
  const complaint = /Exception: (.*?)(?:\.? \(|\. |\n|$)/.exec(words)?.[1] ?? words.split('\n').at(-1);
  return complaint === undefined || complaint === '' ? 'it said nothing' : complaint;
}
