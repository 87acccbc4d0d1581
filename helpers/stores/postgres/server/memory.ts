import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Frees the segment of System V shared memory by which a server locks its data folder. A killed server cannot free it
 * itself, and it would stay until the machine restarts; macOS allows only 32.
 */
export function releaseSharedMemory(dataFolder: string): void {
  const segment = segmentOf(dataFolder);
  if (segment === undefined) return;
  try {
    execFileSync('ipcrm', ['-m', segment], { stdio: 'ignore' });
  } catch {
    /* freed already */
  }
}

/**
 * Read from line 7 of the lock file, key and id (`miscadmin.h`, LOCK_FILE_LINE_SHMEM_KEY); a clean end removes the
 * file.
 */
function segmentOf(dataFolder: string): string | undefined {
  try {
    return readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
  } catch {
    return undefined;
  }
}
