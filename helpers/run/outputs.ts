import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { EnvironmentUnavailable } from '../lib/environment.ts';
import { identify, isSameProcess } from './processes/index.ts';

/** Which output folders a run may use. */
export interface Outputs {
  /** Whether a file or folder can be replaced by this user. */
  isOpen(stat: Stats, user: number): boolean;
  /** Whether the process that has claimed outputs is still there. */
  isClaimed(claim: Claim): boolean;
}

export const outputs: Outputs = {
  isOpen: (stat, user) => stat.isSymbolicLink() || stat.uid === user || (stat.mode & 0o022) !== 0,
  isClaimed: isSameProcess,
};

/**
 * Refuses to start where a run of another user, such as root, has left files that this run would replace: Playwright
 * would fail on each of them at its end, when the results are lost. Checks the folders and their direct entries.
 * @throws EnvironmentUnavailable naming what to remove.
 */
export function checkOutputs(folders: readonly string[], user = process.getuid?.(), { isOpen } = outputs): void {
  if (user === undefined || user === 0) return; // no such users on Windows; root may replace all
  const isClosed = (entry: string): boolean => {
    const stat = lstatSync(entry, { throwIfNoEntry: false });
    return stat !== undefined && !isOpen(stat, user);
  };
  const closed = folders.filter((folder) => [folder, ...entriesOf(folder)].some(isClosed));
  if (closed.length > 0)
    throw new EnvironmentUnavailable(
      `A run of another user has left files that this one cannot replace: remove them, by sudo rm -rf ${closed.join(' ')}`,
    );
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => path.join(folder, name));
  } catch {
    return []; // it does not exist or cannot be read
  }
}

/** The outputs that a run has, by their number. */
const claimSchema = z.object({ pid: z.number(), start: z.string(), number: z.number() });

type Claim = z.infer<typeof claimSchema>;

/** Milliseconds after which a lock is of a process that was killed while it had it. */
const lockAge = 2_000;

/**
 * What this run appends to the names of its output folders, so that it leaves those of a run alone that goes on in the
 * same checkout: nothing for the first, `-2` for the second. The claims are files in `folder`; those of processes that
 * have ended are removed.
 */
export function suffixOfOutputs(folder: string, self = identify(process.pid), { isClaimed } = outputs): string {
  if (self === undefined) return '';
  try {
    mkdirSync(folder, { recursive: true });
    return locked(path.join(folder, 'lock'), () => {
      const taken = new Set(
        claimsIn(folder, isClaimed).flatMap((claim) => (claim.pid === self.pid ? [] : [claim.number])),
      );
      let number = 1;
      while (taken.has(number)) number++;
      writeFileSync(path.join(folder, `${self.pid}.json`), JSON.stringify({ ...self, number }));
      return number === 1 ? '' : `-${number}`;
    });
  } catch {
    return ''; // where nothing can be written, there are no outputs either
  }
}

function claimsIn(folder: string, isClaimed: Outputs['isClaimed']): Claim[] {
  return entriesOf(folder)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const claim = readClaim(file);
      if (claim !== undefined && isClaimed(claim)) return [claim];
      rmSync(file, { force: true });
      return [];
    });
}

/** Undefined for a damaged one, as a full disk leaves it. */
function readClaim(file: string): Claim | undefined {
  try {
    return claimSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whoever holds the lock needs it for less than a millisecond. */
function locked<T>(lock: string, work: () => T): T {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const { mtimeMs = Date.now() } = lstatSync(lock, { throwIfNoEntry: false }) ?? {};
      if (Date.now() - mtimeMs > lockAge) rmSync(lock, { recursive: true, force: true });
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}
