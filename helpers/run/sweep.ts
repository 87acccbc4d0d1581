import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { type Ownership, ownership } from '../lib/ownership.ts';
import { type Machine, thisMachine } from './processes/index.ts';
import { RunFolder } from './folder.ts';
import { type ProcessOwnership, processOwnership } from './record.ts';

/** The parts that decide what is swept, and how. */
export interface SweepParts {
  /** Which folders belong to this user. */
  readonly folders: Ownership;
  /** Which recorded processes still exist. */
  readonly processes: ProcessOwnership;
  /** Sweeps each item independently of the others. */
  readonly sweeping: Sweeping;
}

/** How the leftovers of dead runs are swept. */
export interface Sweeping {
  all<Thing>(things: readonly Thing[], sweep: (thing: Thing) => Promise<void>): Promise<void>;
}

/** A leftover that cannot be removed does not block the others, and the next start tries again. */
export const sweeping: Sweeping = {
  async all(things, sweep) {
    await Promise.allSettled(things.map(sweep));
  },
};

export const sweepParts: SweepParts = { folders: ownership, processes: processOwnership, sweeping };

/** Milliseconds for which a folder without a socket may still be under construction. */
const youth = 10_000;

/**
 * Removes what dead runs of this user left in `root`, processes first. A run is alive exactly as long as its socket
 * answers: the kernel closes the socket with the process, so neither reused process ids nor other containers' process
 * ids can mislead. A leftover that cannot be swept does not block the others.
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

/** Whether another machine that shares the folder runs it: its socket cannot be reached from here. */
function isOfAnotherKernel(folder: RunFolder): boolean {
  try {
    const { host, boot } = JSON.parse(readFileSync(path.join(folder.path, 'machine'), 'utf8')) as Machine;
    const here = thisMachine();
    return host !== here.host && boot !== here.boot;
  } catch {
    return false; // killed during its creation
  }
}
