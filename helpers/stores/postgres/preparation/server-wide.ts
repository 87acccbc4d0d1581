import { splitStatements } from '../sql.ts';

/** What belongs to the whole server, which all tests of a run share. */
const kinds: readonly (readonly [RegExp, what: string])[] = [
  [/\b(?:CREATE|ALTER|DROP)\s+(?:ROLE|USER|GROUP)\b(?!\s+MAPPING\b)(?![^;]*\bIN\s+DATABASE\b)/i, 'roles'],
  [/\b(?:GRANT|REVOKE)\s(?![^;]*\sON\s)[^;]*\s(?:TO|FROM)\s/i, 'memberships of roles'],
  [/\b(?:CREATE|DROP)\s+DATABASE\b/i, 'databases'],
  [/\b(?:CREATE|ALTER|DROP)\s+TABLESPACE\b/i, 'tablespaces'],
  [/\bALTER\s+SYSTEM\b/i, 'settings of the server'],
];

/** What of a text would change the whole server: `roles`, for instance; undefined for what stays in its database. */
export function serverWide(sql: string): string | undefined {
  for (const { text } of splitStatements(sql)) {
    const isCode = /^DO\b/i.test(text);
    for (const [pattern, what] of kinds) {
      const match = pattern.exec(text);
      if (match !== null && (isCode || match.index === 0)) return what;
    }
  }
  return undefined;
}
