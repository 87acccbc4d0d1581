import { lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { WorkspaceError } from './errors.ts';

/** Of a file's name, in most file systems (POSIX NAME_MAX). */
const longestName = 255;
const plain = /[a-z0-9._+@-]/;

/**
 * The folder's name for a client or a user. Two ids never share one, not even where a file system takes `Ana` and
 * `ana`, or two ways to write `é`, for the same: whatever is not plain is written as `%` and the hexadecimal byte.
 * @throws WorkspaceError when the id cannot name a folder.
 */
export function folderName(field: string, id: string): string {
  const refuse = (why: string): never => {
    throw new WorkspaceError('VALIDATION_ERROR', `${field} ${why}`);
  };
  if (id === '') refuse('is empty');
  if (id.startsWith('.')) refuse('must not begin with a dot');
  // eslint-disable-next-line no-control-regex -- which is what is looked for
  if (/[/\\\u0000-\u001f\u007f]/.test(id) || !id.isWellFormed())
    refuse('must be one part of a path, without slashes and control characters');
  const name = [...Buffer.from(id)].map(nameOfByte).join('');
  if (name.length > longestName) refuse(`is too long to name a folder (${name.length} of ${longestName} characters)`);
  return name;
}

function nameOfByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return plain.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
}

/** The folders of a user's workspace under the volume's root, from the outermost: the site is in the last. */
export function workspacePath(
  clientId: string,
  userId: string,
): readonly [client: string, user: string, project: 'project'] {
  return [folderName('clientId', clientId), folderName('userId', userId), 'project'];
}

/** Where users have their workspaces. */
export interface Volume {
  /** The folders under the volume's root, from the outermost. @throws WorkspaceError when there can be none. */
  pathOf(clientId: string, userId: string): readonly string[];
}

export const volume: Volume = { pathOf: workspacePath };

/**
 * The folder that these names lead to from `root`, without a symbolic link on the way.
 * @param make whether to make what is not there.
 * @throws WorkspaceError when something else is in the way.
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

/** Takes an error of the file system with this code for nothing, and throws any other. */
export function unlessCode(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
    return undefined;
  };
}

/** Whether a file or folder is in a folder, or is it. Both as real, absolute paths. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (!path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..');
}
