import type pg from 'pg';

/** A statement that makes a role, by itself or within a DO block, where it follows these words or a semicolon. */
const creation =
  /(^|;|\b(?:BEGIN|THEN|ELSE|LOOP)\b)(\s*)(CREATE\s+(?:ROLE|USER|GROUP)\s+(?!MAPPING\b)(?:"((?:[^"]|"")+)"|([a-z_\u0080-\uffff][\w$]*))[^;]*)/gi;

/** The roles that a statement makes. */
export function rolesMadeBy(statement: string): string[] {
  if (!/^(CREATE|DO)\b/i.test(statement)) return [];
  return [...statement.matchAll(creation)].map(nameIn);
}

/** The statement without what makes these roles, at the same places; empty where nothing is left. */
export function withoutMaking(statement: string, roles: ReadonlySet<string>): string {
  return statement.replace(creation, (...match: string[]) => {
    const [whole, before, space, making] = match as [string, string, string, string];
    if (!roles.has(nameIn(match))) return whole;
    const nothing = before === '' ? '' : 'NULL';
    return before + space + nothing + making.slice(nothing.length).replace(/[^\r\n]/g, ' ');
  });
}

function nameIn(match: ArrayLike<string | undefined>): string {
  return match[4]?.replaceAll('""', '"') ?? match[5]!.toLowerCase();
}

/** The roles of the server. */
export async function rolesOn(client: pg.ClientBase): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>('SELECT rolname AS name FROM pg_roles');
  return new Set(rows.map(({ name }) => name));
}
