import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { waitFor } from '../../lib/wait.ts';
import { identify, isSameProcess, type ProcessIdentity } from '../../run/processes/index.ts';

/**
 * Lets one call at a time work, whichever processes of this machine they are in. A symbolic link holds a turn, because
 * it appears together with its text, which identifies the process; the turn of an ended process is free. This saves
 * work and is no mutual exclusion: after `patience` milliseconds of waiting the work starts all the same, and two
 * processes that find an ended one's turn together may both get it.
 */
export async function takeTurns(lock: string, patience: number, work: () => Promise<void>): Promise<void> {
  const holds = await waitFor(() => take(lock), patience, 100);
  try {
    await work();
  } finally {
    if (holds) rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  const holder = holderOf(lock);
  if (holder !== undefined && isSameProcess(holder)) return false;
  if (holder !== undefined) rmSync(lock, { force: true });
  try {
    symlinkSync(JSON.stringify(identify(process.pid)), lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function holderOf(lock: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readlinkSync(lock)) as ProcessIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
