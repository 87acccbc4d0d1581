const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const pattern = /^(\d{1,7})(ms|s|m|h)$/;

/** `30m`, `2h`, and for tests `1500ms`; from 100 ms to a day. */
const shortest = 100;
const longest = 24 * milliseconds.h;

/** The duration in milliseconds; undefined when it is malformed or out of range. */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const value = Number(match[1]) * milliseconds[match[2] as keyof typeof milliseconds];
  return value >= shortest && value <= longest ? value : undefined;
}
