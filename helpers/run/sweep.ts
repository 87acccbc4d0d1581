import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { RunFolder } from './folder.ts';

/** A run that is just being made has its folder before its socket. */
const youth = 10_000;

/**
 * Removes what dead runs left in `root`, processes first. A run is alive exactly as long as somebody answers on its
 * socket: the kernel closes it with the process, however that ends, so neither a reused process id nor another
 * container's view of process ids can mislead us.
 */
export async function sweepRuns(root: string): Promise<void> {
  await Promise.all(RunFolder.all(root).map(async (folder) => {
    if (!isOurs(folder) || isBeingMade(folder) || (await isRunning(folder))) return;
    await folder.remove();
  }));
}

/** Whether the run's own process still answers. */
export function isRunning(folder: RunFolder): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(folder.socket)
      .once('connect', () => { socket.destroy(); resolve(true); })
      .once('error', (error: NodeJS.ErrnoException) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(error.code ?? '')));
  });
}

function isBeingMade(folder: RunFolder): boolean {
  const stat = statSync(folder.path, { throwIfNoEntry: false });
  return stat === undefined || (Date.now() - stat.ctimeMs < youth && !existsSync(folder.socket));
}

function isOurs(folder: RunFolder): boolean {
  return process.getuid === undefined || statSync(folder.path, { throwIfNoEntry: false })?.uid === process.getuid();
}
