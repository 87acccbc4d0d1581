/** What `describe` says of any number of names, of at most `size` at a time. */
export async function inBatches<T>(
  names: readonly string[],
  size: number,
  describe: (batch: string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const batches = Array.from({ length: Math.ceil(names.length / size) }, (_, place) =>
    names.slice(place * size, (place + 1) * size),
  );
  return (await Promise.all(batches.map(describe))).flat();
}
