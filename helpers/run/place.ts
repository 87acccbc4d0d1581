import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EnvironmentUnavailable } from '../lib/environment.ts';
import { RunFolder } from './folder.ts';

const megabyte = 1024 * 1024;
/** The length of the field `sun_path` of a socket's address, without its terminating zero. */
const longestSocket = process.platform === 'linux' ? 107 : 103;

/**
 * The bytes that a run needs in its folder. With servers from npm: all database specs, whose thirty templates and
 * snapshots take 8 MB each, took 359 MB with one worker, 413 MB with two and 527 MB with four (measured), of which
 * PostgreSQL's write-ahead log took 33 MB and ClickHouse 24 to 30 MB. A third is added for what tests write. With
 * servers elsewhere only the containers of sessions write here.
 */
export function roomNeeded(workers: number, hasServers = true): number {
  return (hasServers ? 400 + 100 * workers : 50 * workers) * megabyte;
}

/** The bytes of the free room that PostgreSQL's write-ahead log may take; a checkpoint can double it for a while. */
export function roomForLog(free: number): number {
  return Math.min(1024 * megabyte, Math.max(64 * megabyte, free / 4));
}

/** How many bytes a run needs in its folder. */
export interface Room {
  needed(workers: number, hasServers?: boolean): number;
  forLog(free: number): number;
}

export const room: Room = { needed: roomNeeded, forLog: roomForLog };

/** The free bytes on the folder's file system. */
export function roomIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** The folders that may contain run folders, best first: memory (faster than any disk), then the temporary folder. */
export function rootCandidates(wanted: string | undefined): string[] {
  return wanted === undefined ? ['/dev/shm', tmpdir()] : [path.resolve(wanted)];
}

/** The first candidate with enough bytes free. @throws EnvironmentUnavailable when there is none. */
export function rootFolder(
  candidates: readonly string[],
  needed: number,
  free: (folder: string) => number = roomIn,
): string {
  const reasons: string[] = [];
  for (const candidate of candidates) {
    const reason =
      whyClosed(candidate) ??
      (free(candidate) < needed ? `${candidate} has ${megabytes(free(candidate))} free` : undefined);
    if (reason === undefined) return candidate;
    reasons.push(reason);
  }
  throw new EnvironmentUnavailable(
    `There is no place for this run (${reasons.join('; ')}): point PROVING_GROUND_FOLDER at a writable folder with ${megabytes(needed)} free, or use fewer --workers.`,
  );
}

function whyClosed(folder: string): string | undefined {
  if (!existsSync(folder)) return `${folder} does not exist`;
  if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
  if (RunFolder.named(folder, '12345678').socket.length > longestSocket)
    return `${folder} is too long for the address of a socket`;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    return `${folder} cannot be written`;
  }
  return undefined;
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / megabyte)} MB`;
}
