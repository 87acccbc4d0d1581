import type { Options } from 'ajv';

/** The contract's formats that JSON Schema lacks, or defines less strictly. */
export const formats: NonNullable<Options['formats']> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, // without `urn:uuid:`
  'date-time': isTimestamp,
  text: (text: string) => text.isWellFormed() && !text.includes('\0'), // storable in PostgreSQL
  words: (text: string) => text.isWellFormed() && !/\p{Cc}/u.test(text),
};

/** RFC 3339, limited to years that every store can represent. */
function isTimestamp(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return false;
  const year = new Date(text).getUTCFullYear();
  return year >= 1970 && year < 2200;
}
