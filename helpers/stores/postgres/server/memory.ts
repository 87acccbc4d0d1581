import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Frees the shared memory by which a killed server locked its data folder; macOS has 32 segments only. */
export function releaseSharedMemory(dataFolder: string): void {
  const segment = segmentOf(dataFolder);
  if (segment === undefined) return;
  try {
    execFileSync('ipcrm', ['-m', segment], { stdio: 'ignore' });
  } catch {
    /* freed already */
  }
}

/** From line 7 of the lock file, key and id (`miscadmin.h`, LOCK_FILE_LINE_SHMEM_KEY). */
function segmentOf(dataFolder: string): string | undefined {
  try {
    return readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
  } catch {
    return undefined;
  }
}
