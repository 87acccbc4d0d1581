import { readdirSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { allProcesses, environmentOf, isAlive, outputOf } from '../run/processes/index.ts';

/** A provider process, as the operating system shows it. */
export interface ProviderProcess {
  readonly pid: number;
  readonly workingDirectory: string;
  /** The folder of its socket. */
  readonly sockets: string;
}

/** The provider processes of a manager and their folders, looked at from outside: nothing is asked of the manager. */
export class ProviderProcesses {
  readonly #root: string;

  /** @param root the manager's folder. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Its living provider processes. Costs some milliseconds. */
  all(): ProviderProcess[] {
    const folder = `${this.socketsFolder}${path.sep}`;
    return environments().flatMap(({ pid, line }) => {
      const [, name] = line.split(`PLUGIN_UNIX_SOCKET_DIR=${folder}`);
      const workingDirectory = name === undefined || !isAlive(pid) ? undefined : directoryOf(pid);
      if (name === undefined || workingDirectory === undefined) return [];
      return [{ pid, workingDirectory, sockets: folder + name.split(' ')[0]! }];
    });
  }

  /** Those of a deployment, by their working directory. */
  of({ workingDirectory }: { readonly workingDirectory: string }): ProviderProcess[] {
    return this.all().filter((one) => one.workingDirectory === workingDirectory);
  }

  /** The names of the working directories. */
  get workspaces(): string[] {
    return namesIn(this.workspacesFolder);
  }

  get workspacesFolder(): string {
    return path.join(this.#root, 'workspaces');
  }

  /** The folders of sockets. */
  get socketFolders(): string[] {
    return namesIn(this.socketsFolder).map((name) => path.join(this.socketsFolder, name));
  }

  get socketsFolder(): string {
    return path.join(this.#root, 's');
  }
}

/** Whether the path is a socket. */
export function isSocket(file: string): boolean {
  return statSync(file).isSocket();
}

/** All processes with their environments. */
function environments(): { readonly pid: number; readonly line: string }[] {
  if (process.platform === 'linux') return allProcesses().map(({ pid }) => ({ pid, line: environmentOf(pid) }));
  const table = outputOf('ps', ['-axwwE', '-o', 'pid=,command=']).trim();
  return table.split('\n').map((line) => ({ pid: Number.parseInt(line, 10), line }));
}

/** The working directory of a process; undefined when it has ended. */
function directoryOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`);
    return /^n(.*)$/m.exec(outputOf('lsof', ['-a', '-p', `${pid}`, '-d', 'cwd', '-Fn']))?.[1];
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no process was launched yet
  }
}
