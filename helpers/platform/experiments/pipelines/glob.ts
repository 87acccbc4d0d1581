/**
 * Matches a text against a pattern in which `*` stands for any characters, or none, and everything else for itself. Not
 * a regular expression, because a pattern with many stars would make one backtrack for minutes.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return (text) => text === pattern;
  const start = parts[0]!;
  const end = parts.at(-1)!;
  const middle = parts.slice(1, -1);
  return (text) => {
    if (!text.startsWith(start) || !text.endsWith(end)) return false;
    // The leftmost match is always right, since it leaves the most text for the following parts.
    let place = start.length;
    for (const part of middle) {
      const found = text.indexOf(part, place);
      if (found === -1) return false;
      place = found + part.length;
    }
    return place <= text.length - end.length;
  };
}
