import { lstatSync } from 'node:fs';

/** Decides whether a folder belongs to this user alone. */
export interface Ownership {
  /** The reason why it does not, as a predicate of `folder`; undefined when it does. */
  whyForeign(folder: string): string | undefined;
}

/**
 * A folder is this user's own when it is no symbolic link, belongs to the user, and is not writable for others. In a
 * shared parent folder any user can create any name, so symbolic links are never followed.
 */
export const ownership: Ownership = {
  whyForeign(folder) {
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) return 'does not exist';
    if (stat.isSymbolicLink()) return 'is a symbolic link';
    if (!stat.isDirectory()) return 'is no folder';
    const user = process.getuid?.();
    if (user === undefined) return undefined; // Windows has other permissions
    if (stat.uid !== user) return 'belongs to another user';
    return (stat.mode & 0o022) === 0 ? undefined : 'can be written by other users';
  },
};
