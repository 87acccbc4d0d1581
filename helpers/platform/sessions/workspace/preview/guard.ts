import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../paths.ts';

/** Vite's addresses with effects on this machine. */
const tools = /^\/+__open-in-editor/;
/** Vite's prefix for any file. */
const anyFile = '/@fs/';

/**
 * Whether Vite may serve an address. Vite serves files of the site's folder by name; this makes sure that they are
 * files in that folder, and no symbolic links out of it.
 * @param address the part after the base, with a slash.
 */
export async function maySee(folder: string, address: string): Promise<boolean> {
  const pathname = decode(address.replace(/[?#].*/s, ''));
  if (pathname === undefined || pathname.includes('\0') || tools.test(pathname)) return false;
  const named = pathname.startsWith(anyFile)
    ? path.resolve(pathname.slice(anyFile.length - 1))
    : path.join(folder, pathname);
  if (!isInside(folder, named)) return true; // Vite itself refuses all but its own client
  const file = await realpath(named).catch(() => undefined); // maybe a page
  return file === undefined || isInside(folder, file);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
