import { lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { WorkspaceError } from './errors.ts';

/** The longest file name in most file systems (POSIX NAME_MAX). */
const longestName = 255;
const plain = /[a-z0-9._+@-]/;

/**
 * The folder name of a client or a user. Two ids never share one, even where a file system does not distinguish `Ana`
 * and `ana`, or two encodings of `é`: other characters are written as `%` and the hexadecimal byte.
 * @throws WorkspaceError when the id cannot name a folder.
 */
export function folderName(field: string, id: string): string {
  const refuse = (why: string): never => {
    throw new WorkspaceError('VALIDATION_ERROR', `${field} ${why}`);
  };
  if (id === '') refuse('is empty');
  if (id.startsWith('.')) refuse('must not begin with a dot');
  // eslint-disable-next-line no-control-regex -- these are searched for
  if (/[/\\\u0000-\u001f\u007f]/.test(id) || !id.isWellFormed())
    refuse('must be one part of a path, without slashes and control characters');
  const name = [...Buffer.from(id)].map(nameOfByte).join('');
  if (name.length > longestName) refuse(`is too long to name a folder (${name.length} of ${longestName} characters)`);
  return name;
}

function nameOfByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return plain.test(character) ? character : `%${byte.toString(16)}`; // of two digits, as none is a control character
}

/** The folders of a user's workspace below the volume's root, from the outermost; the last contains the site. */
export function workspacePath(
  clientId: string,
  userId: string,
): readonly [client: string, user: string, project: 'project'] {
  return [folderName('clientId', clientId), folderName('userId', userId), 'project'];
}

/** The layout of the workspaces' volume. */
export interface Volume {
  /** The folders below the volume's root, outermost first. @throws WorkspaceError for ids that name no folders. */
  pathOf(clientId: string, userId: string): readonly string[];
}

export const volume: Volume = { pathOf: workspacePath };

/**
 * The folder that these names lead to from `root`, without a symbolic link on the way.
 * @param make whether to create missing folders.
 * @throws WorkspaceError when a link or a file is in the way.
 */
export async function realFolder(root: string, names: readonly string[], make = false): Promise<string> {
  let folder = root;
  for (const name of names) {
    folder = path.join(folder, name);
    if (make) await mkdir(folder).catch(unlessCode('EEXIST'));
    const found = await lstat(folder).catch(unlessCode('ENOENT'));
    if (found !== undefined && !found.isDirectory())
      throw new WorkspaceError('NOT_UNDERSTOOD', `${path.relative(root, folder)} is no folder of this workspace`);
  }
  return folder;
}

/** Ignores file system errors with this code, and throws all others. */
export function unlessCode(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
    return undefined;
  };
}

/** Whether a file or folder is inside a folder, or is the folder. Both must be real, absolute paths. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}
