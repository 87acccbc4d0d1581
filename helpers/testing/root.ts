import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isAlive, processesMentioning } from '../run/processes/index.ts';
import { waitFor } from '../lib/wait.ts';
import { RunFolder } from '../run/index.ts';
import { rootCandidates, roomNeeded, rootFolder } from '../run/place.ts';

/**
 * A folder for the run folders of inner runs (their PROVING_GROUND_FOLDER), so that what tests look for here is not
 * affected by other runs on this machine.
 */
export class Root {
  readonly path: string;
  #isMounted = false;

  /** Created where the outer run's own folder would be. */
  constructor(outer: string | undefined) {
    this.path = mkdtempSync(path.join(rootFolder(rootCandidates(outer), roomNeeded(1)), 'inner-'));
    chmodSync(this.path, 0o755); // servers of root run as another user
  }

  /** Mounts a file system of this size on it. Returns false without the right to mount. */
  mount(megabytes: number): boolean {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', this.path], {
        stdio: 'ignore',
      });
      this.#isMounted = true;
    } catch {
      /* no root, or no Linux */
    }
    return this.#isMounted;
  }

  /** The folders of current and former runs. */
  get runs(): RunFolder[] {
    return RunFolder.all(this.path);
  }

  /** Files and processes that should not exist after a run. */
  leftovers(): string[] {
    return [...this.#files(), ...processesMentioning(this.path).map(({ pid, line }) => `process ${pid}: ${line}`)];
  }

  #files(): string[] {
    try {
      return readdirSync(this.path, { recursive: true }).map(String);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return ['what somebody is just removing'];
    }
  }

  /** Waits until nothing is left; returns the leftovers, for an assertion to show. */
  async leftoversAfter(milliseconds: number): Promise<string[]> {
    await waitFor(() => this.leftovers().length === 0, milliseconds, 10);
    return this.leftovers();
  }

  /** Kills remaining processes and removes the folder, in whatever state a failed test has left it. */
  async remove(): Promise<void> {
    const pids = processesMentioning(this.path).map(({ pid }) => pid);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await waitFor(() => !pids.some(isAlive), 5_000);
    if (this.#isMounted) execFileSync('umount', [this.path]);
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The id of a process that a run has recorded: `postgres`, `keeper`. */
export function recordedProcess(run: RunFolder, name: string): number {
  const record = run.process(name);
  if (record === undefined) throw new Error(`The run in ${run.path} has recorded no ${name}.`);
  return record.pid;
}
