import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { thisMachine } from './processes/index.ts';
import {
  type ProcessOwnership,
  processOwnership,
  type ProcessRecord,
  readRecord,
  recordOf,
  stopRecorded,
} from './record.ts';

/** Permissions of a run's files. */
export interface Access {
  /** The permissions of its folder. */
  readonly folder: number;
  /** The umask for creating its socket: write access to it gives access to the servers' passwords. */
  readonly umask: number;
}

/** As root, servers run as another user, which must be able to enter the folder but not list it. */
export const ownerAlone: Access = { folder: process.getuid?.() === 0 ? 0o711 : 0o700, umask: 0o177 };

const prefix = 'proving-ground-';

/** A run's files: its socket, the ids of its processes, the data of its servers. Removed with the run. */
export class RunFolder {
  readonly path: string;

  constructor(folder: string) {
    this.path = folder;
  }

  static named(root: string, id: string): RunFolder {
    return new RunFolder(path.join(root, prefix + id));
  }

  static create(root: string, access = ownerAlone): RunFolder {
    const folder = RunFolder.named(root, randomBytes(4).toString('hex'));
    mkdirSync(folder.path, { mode: 0o700 });
    chmodSync(folder.path, access.folder); // independent of the umask
    mkdirSync(path.join(folder.path, 'processes'), { mode: 0o700 });
    writeFileSync(path.join(folder.path, 'machine'), JSON.stringify(thisMachine()), { mode: 0o600 });
    return folder;
  }

  /** All run folders below a root, of living runs and dead ones. */
  static all(root: string): RunFolder[] {
    return namesIn(root)
      .map((name) => path.join(root, name))
      .filter(isRunFolder)
      .map((folder) => new RunFolder(folder));
  }

  /** Eight hexadecimal digits, part of every name that the run assigns. */
  get id(): string {
    return path.basename(this.path).slice(prefix.length);
  }

  get socket(): string {
    return path.join(this.path, 'run.sock');
  }

  /** Records a process, or with `group` one and all that it starts, so that a sweep or a successor can end it. */
  recordProcess(name: string, pid: number, { group }: { readonly group?: boolean } = {}): void {
    const record = recordOf(pid, group);
    if (record !== undefined)
      // Undefined when it has ended.
      writeFileSync(path.join(this.path, 'processes', name), JSON.stringify(record), { mode: 0o600 });
  }

  /** Removes the record of a process that has ended, unless another one was recorded under this name. */
  forgetProcess(name: string, pid: number): void {
    if (this.process(name)?.pid === pid) rmSync(path.join(this.path, 'processes', name), { force: true });
  }

  /** The process last recorded under this name; undefined when there is none. */
  process(name: string): ProcessRecord | undefined {
    return readRecord(path.join(this.path, 'processes', name));
  }

  /** Ends the process last recorded under this name, if it is still alive, as {@link stopProcess} does. */
  async endProcess(name: string, signal: NodeJS.Signals): Promise<void> {
    const record = this.process(name);
    if (record !== undefined && processOwnership.isSame(record, this.path)) await stopRecorded(record, signal);
  }

  /** Kills the processes with this prefix whose owner is gone; with SIGKILL, since a frozen one handles no other. */
  async endOrphans(prefixOfNames: string, processes: ProcessOwnership = processOwnership): Promise<void> {
    const orphans = this.#processes(prefixOfNames).filter(({ owner }) => !processes.isSame(owner, this.path));
    await Promise.all(
      orphans.filter((one) => processes.isSame(one, this.path)).map((one) => stopRecorded(one, 'SIGKILL')),
    );
  }

  /** Ends the recorded processes, unless another process now has the id, then removes the folder. */
  async remove(processes: ProcessOwnership = processOwnership): Promise<void> {
    for (const one of this.#processes('')) {
      if (one.pid !== process.pid && processes.isSame(one, this.path))
        await stopRecorded(one, one.group === true ? 'SIGKILL' : 'SIGQUIT');
    }
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  #processes(prefixOfNames: string): ProcessRecord[] {
    return namesIn(path.join(this.path, 'processes'))
      .filter((name) => name.startsWith(prefixOfNames))
      .flatMap((name) => this.process(name) ?? []);
  }
}

/** Whether this path has the form of a run's folder. */
export function isRunFolder(folder: string): boolean {
  return path.isAbsolute(folder) && new RegExp(`^${prefix}[0-9a-f]{8}$`).test(path.basename(folder));
}

/** Empty when the folder does not exist or cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
