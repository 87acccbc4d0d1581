import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Frees the segment of System V shared memory that a server keeps others off its data folder by. A server that ends
 * does so itself; one that was killed cannot, and its segment would stay until the machine restarts. macOS has 32.
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

/** From the lock file, which an ending server removes: line 7, key and id (`miscadmin.h`, LOCK_FILE_LINE_SHMEM_KEY). */
function segmentOf(dataFolder: string): string | undefined {
  try {
    return readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
  } catch {
    return undefined;
  }
}
