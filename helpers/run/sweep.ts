import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { type Ownership, ownership } from '../lib/ownership.ts';
import { type Machine, thisMachine } from './processes/index.ts';
import { RunFolder } from './folder.ts';
import { type ProcessOwnership, processOwnership } from './record.ts';

/** What is found out before a run is swept, and how. */
export interface SweepParts {
  /** Which folders are this user's own. */
  readonly folders: Ownership;
  /** Which recorded processes are still there. */
  readonly processes: ProcessOwnership;
  /** Sweeps each thing for itself. */
  readonly sweeping: Sweeping;
}

/** How what dead runs left is swept. */
export interface Sweeping {
  all<Thing>(things: readonly Thing[], sweep: (thing: Thing) => Promise<void>): Promise<void>;
}

/** What cannot be removed stays, for the next start to try, and is in the way of nothing. */
export const sweeping: Sweeping = {
  async all(things, sweep) {
    await Promise.allSettled(things.map(sweep));
  },
};

export const sweepParts: SweepParts = { folders: ownership, processes: processOwnership, sweeping };

/** A run that is just being made has its folder before its socket. */
const youth = 10_000;

/**
 * Removes what dead runs of this user left in `root`, processes first. A run is alive exactly as long as somebody
 * answers on its socket: the kernel closes it with the process, however that ends, so neither a reused process id nor
 * another container's view of process ids can mislead us. What cannot be swept stays, and is in the way of nothing.
 */
export async function sweepRuns(root: string, parts: SweepParts = sweepParts): Promise<void> {
  await parts.sweeping.all(RunFolder.all(root), async (folder) => {
    if (
      parts.folders.whyForeign(folder.path) !== undefined ||
      isOfAnotherKernel(folder) ||
      isBeingMade(folder) ||
      (await isRunning(folder))
    )
      return;
    await folder.remove(parts.processes);
  });
}

/** Whether the run's own process still answers. */
export function isRunning(folder: RunFolder): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(folder.socket)
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .once('error', (error: NodeJS.ErrnoException) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(error.code ?? '')));
  });
}

function isBeingMade(folder: RunFolder): boolean {
  const stat = statSync(folder.path, { throwIfNoEntry: false });
  return stat === undefined || (Date.now() - stat.ctimeMs < youth && !existsSync(folder.socket));
}

/** In a folder that machines share, another machine's run: no socket leads there. */
function isOfAnotherKernel(folder: RunFolder): boolean {
  try {
    const { host, boot } = JSON.parse(readFileSync(path.join(folder.path, 'machine'), 'utf8')) as Machine;
    const here = thisMachine();
    return host !== here.host && boot !== here.boot;
  } catch {
    return false; // it was killed while it was being made
  }
}
