import { lstatSync, readdirSync, type Stats } from 'node:fs';
import path from 'node:path';
import { EnvironmentUnavailable } from '../lib/environment.ts';

/**
 * Refuses to start where a run of another user, such as root, has left files that this run would replace: Playwright
 * would fail on each of them at its end, when the results are lost. Checks the folders and their direct entries.
 * @throws EnvironmentUnavailable naming what to remove.
 */
export function checkOutputs(folders: readonly string[], user = process.getuid?.()): void {
  if (user === undefined || user === 0) return; // no such users on Windows; root may replace all
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
    return []; // it does not exist or cannot be read
  }
}
