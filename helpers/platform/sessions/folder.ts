import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  identify,
  isSameProcess,
  type ProcessIdentity,
  processesMentioning,
  type ProcessLine,
} from '../../run/processes/index.ts';
import type { RunFolder } from '../../run/index.ts';

const prefix = 'cloud-';
/** The prefix under which a run records the processes of its session platforms. */
export const recordPrefix = 'sessions-';

/**
 * Creates the folder of a worker's session platform in its run's folder, and removes those of dead workers, processes
 * first: a frozen container does not notice its owner's end.
 */
export async function makeFolder(run: RunFolder, worker: number | string): Promise<string> {
  await run.endOrphans(recordPrefix);
  for (const name of readdirSync(run.path).filter((one) => one.startsWith(prefix))) {
    const folder = path.join(run.path, name);
    if (isGone(folder)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  const folder = path.join(run.path, `${prefix}${worker}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, 'owner'), JSON.stringify(identify(process.pid)), { mode: 0o600 });
  return folder;
}

/** An argument that all processes of the platform in this folder have, and no others. */
export function markOf(folder: string): string {
  return `${folder}${path.sep}`;
}

/** All processes of the platform in this folder, including its containers and their commands. */
export function ownProcesses(folder: string): ProcessLine[] {
  return processesMentioning(markOf(folder));
}

function isGone(folder: string): boolean {
  try {
    return !isSameProcess(JSON.parse(readFileSync(path.join(folder, 'owner'), 'utf8')) as ProcessIdentity);
  } catch {
    return false; // just being created or removed
  }
}
