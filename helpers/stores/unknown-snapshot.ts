/** The error for an unknown snapshot, which lists the existing ones. */
export function unknownSnapshot(name: string, known: Iterable<string>): Error {
  const names = Array.from(known, (other) => `'${other}'`).join(', ');
  return new Error(
    `There is no snapshot '${name}': ${names === '' ? 'none was taken in this test' : `there are ${names}`}.`,
  );
}
