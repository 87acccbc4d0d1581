import { lstatSync } from 'node:fs';

/** Tells whether a folder is this user's own. */
export interface Ownership {
  /** The reason why not, as what `folder` is or does; undefined where it is. */
  whyForeign(folder: string): string | undefined;
}

/**
 * A folder is its user's own when it is a real one, belongs to the user, and nobody else may write to it. What stands
 * in a folder that others share may be anything, under any name: a symbolic link is never followed.
 */
export const ownership: Ownership = {
  whyForeign(folder) {
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) return 'does not exist';
    if (stat.isSymbolicLink()) return 'is a symbolic link';
    if (!stat.isDirectory()) return 'is no folder';
    const user = process.getuid?.();
    if (user === undefined) return undefined; // Windows has another notion of it
    if (stat.uid !== user) return 'belongs to another user';
    return (stat.mode & 0o022) === 0 ? undefined : 'can be written by other users';
  },
};
