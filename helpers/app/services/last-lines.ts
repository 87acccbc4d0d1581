const linesShown = 10;

/** The end of a service's output, to be put after a sentence about it. */
export function lastLines(name: string, output: string): string {
  const lines = output
    .trimEnd()
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length === 0) return ` ${name} has printed nothing.`;
  const shown = lines.slice(-linesShown);
  const count = shown.length === 1 ? 'line' : `${shown.length} lines`;
  return ` The last ${count} of ${name}:\n${shown.map((line) => `  ${line}`).join('\n')}`;
}
