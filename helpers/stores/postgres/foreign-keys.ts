import type pg from 'pg';

/** A foreign key among tables that are loaded; names are qualified and quoted. */
export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly refersTo: string;
  /** As in ALTER CONSTRAINT. */
  readonly deferral: string;
}

export async function foreignKeysAmong(client: pg.ClientBase, tables: readonly string[]): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `SELECT quote_ident(k.conname) AS name, a.name AS table, b.name AS "refersTo",
       CASE WHEN NOT condeferrable THEN 'NOT DEFERRABLE' WHEN condeferred THEN 'DEFERRABLE INITIALLY DEFERRED'
         ELSE 'DEFERRABLE INITIALLY IMMEDIATE' END AS deferral
     FROM unnest($1::text[]) a(name) JOIN pg_constraint k
       ON k.conrelid = a.name::regclass AND k.contype = 'f' AND k.conparentid = 0
     JOIN unnest($1::text[]) b(name) ON k.confrelid = b.name::regclass
     GROUP BY 1, 2, 3, 4 ORDER BY 1`,
    [tables],
  );
  return rows;
}

/** Tables after those that they refer to, and the keys by which a row comes before the one that it refers to. */
export function inOrderOf<Table extends { readonly name: string }>(
  tables: readonly Table[],
  keys: readonly ForeignKey[],
  isOneStatement: (table: Table) => boolean,
): { ordered: Table[]; early: ForeignKey[] } {
  const ordered: Table[] = [];
  const waiting = new Set(tables);
  const isWaiting = (name: string): boolean => [...waiting].some((table) => table.name === name);
  while (waiting.size > 0) {
    const [first] = waiting;
    const free = [...waiting].find(({ name }) =>
      keys.every((key) => key.table !== name || key.refersTo === name || !isWaiting(key.refersTo)),
    );
    const next = free ?? first!; // in a circle, any
    waiting.delete(next);
    ordered.push(next);
  }
  // Within one statement, rows may refer to each other as they like.
  const places = ordered.map(({ name }) => name);
  const isEarly = ({ table, refersTo }: ForeignKey): boolean =>
    places.lastIndexOf(refersTo) > places.indexOf(table) ||
    (table === refersTo && !ordered.filter(({ name }) => name === table).every(isOneStatement));
  return { ordered, early: keys.filter(isEarly) };
}

/** SQL that makes keys wait for the end, and that checks them then and makes them as they were. */
export function postponed(keys: readonly ForeignKey[]): { before: string; after: string } {
  if (keys.length === 0) return { before: '', after: '' };
  const altering = (deferral: (key: ForeignKey) => string): string[] =>
    keys.map((key) => `ALTER TABLE ${key.table} ALTER CONSTRAINT ${key.name} ${deferral(key)}`);
  return {
    before: altering(() => 'DEFERRABLE INITIALLY DEFERRED').join('; '),
    after: ['SET CONSTRAINTS ALL IMMEDIATE', ...altering(({ deferral }) => deferral)].join('; '),
  };
}
