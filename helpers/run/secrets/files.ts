import { lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import type { Masker } from './masker.ts';

/** Larger than any file that a run writes; decompressed files must fit into memory. */
const mostBytes = 256 * 1024 * 1024;

/** Bytes with their secrets masked, also inside archives and compressed data; undefined when there were none. */
export function maskBytes(bytes: Uint8Array, masker: Masker): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const maskPacked = packers.find(({ magic }) => buffer.subarray(0, magic.length).equals(magic))?.maskPacked;
  try {
    if (maskPacked !== undefined) return maskPacked(buffer, masker);
  } catch {
    /* it only begins like one */
  }
  const text = buffer.toString('latin1');
  const masked = masker.text(text);
  return masked === text ? undefined : Buffer.from(masked, 'latin1');
}

const packers = [
  { magic: Buffer.from('PK\u0003\u0004'), maskPacked: maskArchive },
  { magic: Buffer.from([0x1f, 0x8b]), maskPacked: maskCompressed },
] as const;

/** A file's content with its secrets masked; undefined when it has none or does not exist. */
export function maskedCopy(file: string, masker: Masker): Uint8Array | undefined {
  const { size, isFile } = statOf(file);
  return isFile && size <= mostBytes ? maskBytes(readFileSync(file), masker) : undefined;
}

/** Replaces all files below a folder by masked copies, except those that `isLeft` names. Follows no links. */
export function maskFolder(
  folder: string,
  copyOf: (file: string) => Uint8Array | undefined,
  isLeft: (name: string) => boolean = () => false,
): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // not written, or just removed
    throw error;
  }
  for (const name of names.filter((each) => !isLeft(each))) {
    const place = path.join(folder, name);
    const stat = lstatSync(place, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) maskFolder(place, copyOf, isLeft);
    const masked = stat?.isFile() === true ? copyOf(place) : undefined;
    if (masked !== undefined) writeFileSync(place, masked);
  }
}

function statOf(file: string): { size: number; isFile: boolean } {
  const stat = statSync(file, { throwIfNoEntry: false });
  return { size: stat?.size ?? 0, isFile: stat?.isFile() === true };
}

function maskArchive(archive: Uint8Array, masker: Masker): Uint8Array | undefined {
  let found = false;
  const entries = Object.entries(unzipSync(archive)).map(([name, content]) => {
    const masked = maskBytes(content, masker);
    found ||= masked !== undefined;
    return [name, masked ?? content];
  });
  return found ? zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>, { level: 1 }) : undefined;
}

function maskCompressed(bytes: Uint8Array, masker: Masker): Uint8Array | undefined {
  const masked = maskBytes(gunzipSync(bytes, { maxOutputLength: mostBytes }), masker);
  return masked && gzipSync(masked);
}
