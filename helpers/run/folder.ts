import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandLine, stopProcess } from '../processes/index.ts';

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

  static create(root: string): RunFolder {
    const folder = RunFolder.named(root, randomBytes(4).toString('hex'));
    // A server that was started by root runs as somebody else, who may pass through and not look around.
    mkdirSync(folder.path, { mode: 0o700 });
    if (process.getuid?.() === 0) chmodSync(folder.path, 0o711);
    mkdirSync(path.join(folder.path, 'processes'), { mode: 0o700 });
    return folder;
  }

  /** Every run folder in a root, of living runs and of dead ones. */
  static all(root: string): RunFolder[] {
    return namesIn(root).filter((name) => new RegExp(`^${prefix}[0-9a-f]{8}$`).test(name)).map((name) => new RunFolder(path.join(root, name)));
  }

  /** Eight hexadecimal digits; part of every name that the run gives. */
  get id(): string {
    return path.basename(this.path).slice(prefix.length);
  }

  get socket(): string {
    return path.join(this.path, 'run.sock');
  }

  /** Notes a process that has this folder in its arguments, so that it can be ended by whoever finds the folder. */
  recordProcess(name: string, pid: number): void {
    writeFileSync(path.join(this.path, 'processes', name), String(pid), { mode: 0o600 });
  }

  /** Ends what was recorded and is still ours (ids are reused, arguments tell), then removes the folder. */
  async remove(): Promise<void> {
    for (const pid of this.#processes()) {
      if (pid !== process.pid && commandLine(pid).includes(this.path)) await stopProcess(pid, 'SIGQUIT');
    }
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  #processes(): number[] {
    const folder = path.join(this.path, 'processes');
    return namesIn(folder).map((name) => Number(readFileSync(path.join(folder, name), 'utf8'))).filter((pid) => pid > 0);
  }
}

/** None where there is no such folder, or none that we may look into. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
