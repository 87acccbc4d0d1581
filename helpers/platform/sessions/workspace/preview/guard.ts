import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../paths.ts';

/** Vite's addresses that do something on this machine. */
const tools = /^\/+__open-in-editor/;
/** Vite's way to name any file. */
const anyFile = '/@fs/';

/**
 * Whether an address may be given to Vite. Vite serves files of the site's folder by their names: here it is made sure
 * that those are files in that folder, and no symbolic links that lead out of it.
 * @param address what follows the base, with a slash.
 */
export async function maySee(folder: string, address: string): Promise<boolean> {
  const pathname = decode(address.replace(/[?#].*/s, ''));
  if (pathname === undefined || pathname.includes('\0') || tools.test(pathname)) return false;
  const named = pathname.startsWith(anyFile)
    ? path.resolve(pathname.slice(anyFile.length - 1))
    : path.join(folder, pathname);
  if (!isInside(folder, named)) return true; // which Vite refuses, but for its own client
  const file = await realpath(named).catch(() => undefined); // not a file, but maybe a page
  return file === undefined || isInside(folder, file);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
