/**
 * Whether a text is as a pattern says, in which `*` stands for any characters, or none, and everything else for itself.
 * Not a regular expression: a user's pattern of many stars would make one backtrack for minutes.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return (text) => text === pattern;
  const start = parts[0]!;
  const end = parts.at(-1)!;
  const middle = parts.slice(1, -1);
  return (text) => {
    if (!text.startsWith(start) || !text.endsWith(end)) return false;
    // The leftmost place is always a right one: it leaves the most to those that follow.
    let place = start.length;
    for (const part of middle) {
      const found = text.indexOf(part, place);
      if (found === -1) return false;
      place = found + part.length;
    }
    return place <= text.length - end.length;
  };
}
