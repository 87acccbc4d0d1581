/**
 * Chances of several comparisons, corrected so that the chance of even one false alarm among them is not above the
 * level that they are held against (Holm 1979). In the order they came in.
 */
export function holm(chances: readonly number[]): number[] {
  const corrected = Array.from<number>({ length: chances.length });
  let greatest = 0;
  for (const [position, index] of [...chances.keys()].toSorted((a, b) => chances[a]! - chances[b]!).entries()) {
    greatest = Math.max(greatest, Math.min(1, chances[index]! * (chances.length - position)));
    corrected[index] = greatest;
  }
  return corrected;
}
