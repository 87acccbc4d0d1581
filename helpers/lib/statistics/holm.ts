/**
 * Corrects the p-values of several comparisons so that the probability of even one false alarm stays below the level
 * that they are compared with (Holm 1979). Returns them in their original order.
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
