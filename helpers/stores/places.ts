import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A path: relative to the file that says it, absolute, or a URL such as `new URL('./migrations', import.meta.url)`. */
export type Place = string | URL;

/** The absolute path of a place that is said in a file of this folder. */
export function placeIn(folder: string, place: Place): string {
  return place instanceof URL || place.startsWith('file:') ? fileURLToPath(place) : path.resolve(folder, place);
}

/** The end of a sentence about a place that is not there. */
export function nothingAt(folder: string, place: string): string {
  const [wanted, elsewhere] = [placeIn(folder, place), path.resolve(place)];
  const hint =
    existsSync(elsewhere) && !path.isAbsolute(place)
      ? `: paths count from the file that says them, from where ${elsewhere} is ${path.relative(folder, elsewhere)}`
      : '';
  return `there is no file or folder ${wanted}${hint}`;
}
