import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EnvironmentUnavailable } from '../environment.ts';
import { commandLine, stopProcess } from '../processes/index.ts';

const prefix = 'proving-ground-';
const roomNeeded = 256 * 1024 * 1024;
/** The field `sun_path` of a socket's address, less its closing zero. */
const longestSocket = process.platform === 'linux' ? 107 : 103;

/** Where run folders may stand, the best first: memory (faster than any disk), then the temporary folder. */
export function rootCandidates(wanted: string | undefined): string[] {
  return wanted === undefined ? ['/dev/shm', tmpdir()] : [path.resolve(wanted)];
}

/**
 * The first candidate with room for a database server.
 * @throws EnvironmentUnavailable when there is none.
 */
export function rootFolder(candidates: readonly string[]): string {
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const reason = whyUnusable(candidate);
    if (reason === undefined) return candidate;
    reasons.push(reason);
  }
  throw new EnvironmentUnavailable(`There is no place for this run (${reasons.join('; ')}): point PROVING_GROUND_FOLDER at a writable folder with ${megabytes(roomNeeded)} free.`);
}

function whyUnusable(folder: string): string | undefined {
  if (!existsSync(folder)) return `${folder} does not exist`;
  if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
  if (new RunFolder(path.join(folder, `${prefix}12345678`)).socket.length > longestSocket) return `${folder} is too long for the address of a socket`;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    return `${folder} cannot be written`;
  }
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < roomNeeded ? `${folder} has ${megabytes(bavail * bsize)} free` : undefined;
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MB`;
}

/** What one run keeps on disk: its socket, its processes' ids, its servers' data. Gone when the run is. */
export class RunFolder {
  readonly path: string;

  constructor(folder: string) {
    this.path = folder;
  }

  static create(root: string): RunFolder {
    const folder = path.join(root, prefix + randomBytes(4).toString('hex'));
    // A server that was started by root runs as somebody else, who may pass through and not look around.
    mkdirSync(folder, { mode: 0o700 });
    if (process.getuid?.() === 0) chmodSync(folder, 0o711);
    mkdirSync(path.join(folder, 'processes'), { mode: 0o700 });
    return new RunFolder(folder);
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
