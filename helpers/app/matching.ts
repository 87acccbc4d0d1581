import { isDeepStrictEqual } from 'node:util';
import type { MessageMatch } from './app.ts';

/** Whether a message is the one that is awaited: by a function, as text, or by some of its properties. */
export type Matching = (message: unknown, match: MessageMatch) => boolean;

/**
 * As `toMatchObject` of `expect` compares, `expect.any(String)` and its like included. That itself would record every
 * message that is another one as a failed step of the test.
 */
export const matches: Matching = (message, match) => {
  if (typeof match === 'function') return match(message);
  if (match instanceof RegExp) return textOf(message).search(match) >= 0;
  return includes(message, match);
};

function includes(found: unknown, wanted: unknown): boolean {
  if (isAsymmetric(wanted)) return wanted.asymmetricMatch(found);
  if (Array.isArray(wanted))
    return (
      Array.isArray(found) &&
      found.length === wanted.length &&
      wanted.every((one, index) => includes(found[index], one))
    );
  if (!isPlain(wanted)) return isDeepStrictEqual(found, wanted);
  return isPlain(found) && Object.entries(wanted).every(([key, value]) => key in found && includes(found[key], value));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

interface Asymmetric {
  asymmetricMatch(found: unknown): boolean;
}

function isAsymmetric(value: unknown): value is Asymmetric {
  return typeof (value as Partial<Asymmetric> | null)?.asymmetricMatch === 'function';
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message);
}
