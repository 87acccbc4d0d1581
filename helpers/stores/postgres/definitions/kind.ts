/**
 * One kind of definition, as SQL. What it says is written by PostgreSQL's own deparsers where they exist, so that
 * equal lines mean equal objects whatever their oids are. What a deparser leaves out is a part of its own; a part that
 * is NULL is left out.
 */
export interface Kind {
  readonly kind: string;
  /** SQL for the kind, where it depends on the row. */
  readonly kindOf?: string;
  readonly name: string;
  readonly parts: readonly string[];
  readonly from: string;
  /** The first version that has such objects, for example 150000. */
  readonly since?: number;
  /** Whether it is in what databases share, or in data: the mark of the database's catalogue leaves it out. */
  readonly isElsewhere?: true;
}

/** The owner, unless it is who owns the database. */
export const ownerOf = (role: string): string =>
  `CASE WHEN ${role} <> (SELECT owner FROM this) THEN 'owner ' || ${role}::regrole END`;

/** A word, where a condition holds. */
export const when = (condition: string, word: string): string => `CASE WHEN ${condition} THEN '${word}' END`;

/** Something that may be 0 or another value for "not set", with a word before it. */
export const unless = (unset: string, value: string, word: string, type = 'text'): string =>
  `'${word} ' || nullif(${value}, ${unset})::${type}`;

/** Leaves out what an extension has made, since the extension's version says all of it. */
export const ownMade = (catalogue: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM members m WHERE m.classid = '${catalogue}'::regclass AND m.objid = ${oid})`;

/** PostgreSQL's own objects have lower oids (FirstNormalObjectId). */
export const firstOwn = 16_384;
