import type { Options } from 'ajv';

/** The formats of the contract that JSON Schema has not, or has less strictly. */
export const formats: NonNullable<Options['formats']> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, // and no `urn:uuid:` before it
  'date-time': isTimestamp,
  text: (text: string) => text.isWellFormed() && !text.includes('\0'), // which a store can hold
  words: (text: string) => text.isWellFormed() && !/\p{Cc}/u.test(text),
};

/** RFC 3339, within the years that every store can hold. */
function isTimestamp(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return false;
  const year = new Date(text).getUTCFullYear();
  return year >= 1970 && year < 2200;
}
