import { UsageError } from '../../../lib/usage.ts';

/** A name, and what follows it in `CREATE ROLE` or `CREATE EXTENSION`. */
export interface Named {
  readonly name: string;
  readonly options: string;
}

const pattern = /^\s*(?:"((?:[^"]|"")+)"|([A-Za-z_\u0080-\uffff][\w$-]*))(?:\s+(?:WITH\s+)?([^]*))?$/i;

/** Reads `app LOGIN`, as PostgreSQL does: without quotes, a name is in small letters. */
export function named(text: string, command: string): Named {
  const match = pattern.exec(text);
  if (match === null || match[3]?.includes(';') === true)
    throw new UsageError(`prepare has "${text}", which does not begin with a name as behind ${command}.`);
  const [, quotedName, plainName, options = ''] = match;
  return { name: quotedName?.replaceAll('""', '"') ?? plainName!.toLowerCase(), options: options.trim() };
}
