import { lstatSync, readdirSync, type Stats } from 'node:fs';
import path from 'node:path';
import { EnvironmentUnavailable } from '../lib/environment.ts';

/**
 * Refuses to begin where a run of another user, root say, has left files that this one would have to replace:
 * Playwright would say so of each, at its end, when nothing of the run can be kept. Looks at the folders and what is
 * directly in them.
 * @throws EnvironmentUnavailable naming what to remove.
 */
export function checkOutputs(folders: readonly string[], user = process.getuid?.()): void {
  if (user === undefined || user === 0) return; // Windows has no such users, and root may replace everything
  const closed = folders.filter((folder) =>
    [folder, ...entriesOf(folder)].some((entry) => isClosed(lstatSync(entry, { throwIfNoEntry: false }), user)),
  );
  if (closed.length > 0)
    throw new EnvironmentUnavailable(
      `A run of another user has left files that this one cannot replace: remove them, by sudo rm -rf ${closed.join(' ')}`,
    );
}

function isClosed(stat: Stats | undefined, user: number): boolean {
  return stat !== undefined && !stat.isSymbolicLink() && stat.uid !== user && (stat.mode & 0o022) === 0;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => path.join(folder, name));
  } catch {
    return []; // there is none, or none that we may look into
  }
}
