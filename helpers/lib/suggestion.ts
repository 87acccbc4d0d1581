import { closest, distance } from 'fastest-levenshtein';

/** `did you mean …?` for a typing error; undefined when nothing that is known is near. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(name, known);
  return distance(name, nearest) <= Math.max(2, Math.min(4, name.length / 2)) ? `did you mean ${nearest}?` : undefined;
}
