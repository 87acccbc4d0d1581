import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identify, isSameProcess, type ProcessIdentity } from '../../run/processes/index.ts';
import type { RunFolder } from '../../run/index.ts';

/**
 * Creates a folder of this process in its run, and removes those with the same prefix whose processes are dead.
 * @param name what distinguishes it from others with the prefix.
 */
export function makeOwnedFolder(run: RunFolder, prefix: string, name: number | string): string {
  for (const other of readdirSync(run.path).filter((one) => one.startsWith(prefix))) {
    const folder = path.join(run.path, other);
    if (isGone(folder)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  const folder = path.join(run.path, `${prefix}${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, 'owner'), JSON.stringify(identify(process.pid)), { mode: 0o600 });
  return folder;
}

function isGone(folder: string): boolean {
  try {
    return !isSameProcess(JSON.parse(readFileSync(path.join(folder, 'owner'), 'utf8')) as ProcessIdentity);
  } catch {
    return false; // just being created or removed, or of another kind
  }
}
