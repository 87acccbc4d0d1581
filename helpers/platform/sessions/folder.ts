import path from 'node:path';
import { processesMentioning, type ProcessLine } from '../../run/processes/index.ts';
import type { RunFolder } from '../../run/index.ts';
import { makeOwnedFolder } from '../kernel/owned-folder.ts';

const prefix = 'cloud-';
/** The prefix under which a run records the processes of its session platforms. */
export const recordPrefix = 'sessions-';

/**
 * Creates the folder of a worker's session platform in its run's folder, and removes those of dead workers, processes
 * first: a frozen container does not notice its owner's end.
 */
export async function makeFolder(run: RunFolder, worker: number | string): Promise<string> {
  await run.endOrphans(recordPrefix);
  return makeOwnedFolder(run, prefix, worker);
}

/** An argument that all processes of the platform in this folder have, and no others. */
export function markOf(folder: string): string {
  return `${folder}${path.sep}`;
}

/** All processes of the platform in this folder, including its containers and their commands. */
export function ownProcesses(folder: string): ProcessLine[] {
  return processesMentioning(markOf(folder));
}
