import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { filesIn } from '../lib/files.ts';

/** Bytes, where they were found (`report.zip › trace.zip › 0.network`), and what is packed in them. */
interface Layer {
  readonly place: string;
  readonly bytes: Buffer;
}

/**
 * The places of these secrets in these files, including archives, gzip and base64. Searches for the parts of a secret
 * that no encoding changes, so that neither an encoded nor a partial secret is missed.
 */
export function placesOf(secrets: Readonly<Record<string, string>>, layers: Iterable<Layer>): string[] {
  const wanted = Object.entries(secrets).map(([name, secret]) => ({ name, parts: secret.match(/[A-Za-z0-9]{6,}/g)! }));
  const found = new Set<string>();
  for (const { place, text } of opened(layers)) {
    for (const { name, parts } of wanted)
      if (parts.some((part) => text.includes(part))) found.add(`${name} in ${place}`);
    if (/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{20,}/.test(text)) found.add(`a signed token in ${place}`);
  }
  return [...found].toSorted();
}

/** All files below a folder. */
export function* filesBelow(folder: string): Generator<Layer> {
  for (const file of filesIn(folder)) yield { place: path.relative(folder, file), bytes: readFileSync(file) };
}

function* opened(layers: Iterable<Layer>): Generator<{ place: string; text: string }> {
  for (const { place, bytes } of layers) {
    const text = withoutColours(bytes.toString('latin1'));
    yield { place, text };
    yield* opened(unpacked(place, bytes));
    for (const [base64] of text.matchAll(/[A-Za-z0-9+/_-]{20,}={0,2}/g)) {
      const content = Buffer.from(base64, 'base64');
      yield { place: `${place} › base64`, text: content.toString('latin1') };
      yield* opened(unpacked(`${place} › base64`, content));
    }
  }
}

function* unpacked(place: string, bytes: Buffer): Generator<Layer> {
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'))) {
    for (const [name, content] of Object.entries(unzipSync(bytes)))
      yield { place: `${place} › ${name}`, bytes: Buffer.from(content) };
  } else if (bytes.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) {
    yield { place: `${place} › gzip`, bytes: gunzipSync(bytes) };
  }
}

/** Removes colours, plain and as escaped in JSON. */
function withoutColours(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\\+u001[bB]\[[\d;]*m/g, '');
}
