import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stopProcess, thisMachine } from './processes/index.ts';
import { type ProcessOwnership, processOwnership, type ProcessRecord, readRecord, recordOf } from './record.ts';

/** What users may do with the files of a run. */
export interface Access {
  /** The permissions of its folder. */
  readonly folder: number;
  /** The umask that its socket is made with: whoever may write to it may ask for the servers' passwords. */
  readonly umask: number;
}

/** A server that root starts runs as somebody else, who may pass through and not look around. */
export const ownerAlone: Access = { folder: process.getuid?.() === 0 ? 0o711 : 0o700, umask: 0o177 };

const prefix = 'proving-ground-';

/** What one run keeps on disk: its socket, its processes' ids, its servers' data. Gone when the run is. */
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
    chmodSync(folder.path, access.folder); // whatever the umask
    mkdirSync(path.join(folder.path, 'processes'), { mode: 0o700 });
    writeFileSync(path.join(folder.path, 'machine'), JSON.stringify(thisMachine()), { mode: 0o600 });
    return folder;
  }

  /** Every run folder in a root, of living runs and of dead ones. */
  static all(root: string): RunFolder[] {
    return namesIn(root)
      .map((name) => path.join(root, name))
      .filter(isRunFolder)
      .map((folder) => new RunFolder(folder));
  }

  /** Eight hexadecimal digits; part of every name that the run gives. */
  get id(): string {
    return path.basename(this.path).slice(prefix.length);
  }

  get socket(): string {
    return path.join(this.path, 'run.sock');
  }

  /** Notes a process, so that it can be ended by whoever finds the folder, and by this one's successor. */
  recordProcess(name: string, pid: number): void {
    const record = recordOf(pid);
    if (record !== undefined)
      writeFileSync(path.join(this.path, 'processes', name), JSON.stringify(record), { mode: 0o600 }); // else it has ended
  }

  /** The process that was recorded under this name last; undefined where there is none. */
  process(name: string): ProcessRecord | undefined {
    return readRecord(path.join(this.path, 'processes', name));
  }

  /** Ends the process that was recorded under this name last, if it is still there, as {@link stopProcess} does. */
  async endProcess(name: string, signal: NodeJS.Signals): Promise<void> {
    const record = this.process(name);
    if (record !== undefined && processOwnership.isSame(record, this.path)) await stopProcess(record.pid, signal);
  }

  /**
   * Ends the processes whose names begin like this and whose owner, the process that recorded them, is gone: one that
   * is frozen does not hear of it.
   */
  async endOrphans(prefixOfNames: string, processes: ProcessOwnership = processOwnership): Promise<void> {
    const orphans = this.#processes(prefixOfNames).filter(({ owner }) => !processes.isSame(owner, this.path));
    await Promise.all(
      orphans.filter((one) => processes.isSame(one, this.path)).map(({ pid }) => stopProcess(pid, 'SIGKILL')),
    );
  }

  /** Ends what was recorded, has its id still, and is no other that has got it; then removes the folder. */
  async remove(processes: ProcessOwnership = processOwnership): Promise<void> {
    for (const one of this.#processes('')) {
      if (one.pid !== process.pid && processes.isSame(one, this.path)) await stopProcess(one.pid, 'SIGQUIT');
    }
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  #processes(prefixOfNames: string): ProcessRecord[] {
    return namesIn(path.join(this.path, 'processes'))
      .filter((name) => name.startsWith(prefixOfNames))
      .flatMap((name) => this.process(name) ?? []);
  }
}

/** Whether this is the path of a run's folder, going by its name. */
export function isRunFolder(folder: string): boolean {
  return path.isAbsolute(folder) && new RegExp(`^${prefix}[0-9a-f]{8}$`).test(path.basename(folder));
}

/** None where there is no such folder, or none that we may look into. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
