import { type Result, same } from '../../validation/index.ts';
import { type Check, isAsMade } from './check.ts';

interface ForeignKey {
  readonly name: string;
  readonly validated: boolean;
  readonly referencing: string;
  readonly referenced: string;
  readonly columns: readonly string[];
  readonly references: readonly string[];
  /** The operators by which the key compares, with their schemas. */
  readonly operators: readonly string[];
  /** Whether the last column is a period, which the referenced periods together must cover. */
  readonly period: boolean | null;
}

/** Whether a constraint `k` is enforced. Before PostgreSQL 18 the column does not exist, and all are. */
export const enforced = "to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'";

/** A table in FROM with the rows that its keys cover: with partitions, without inheriting tables. */
const ownRows = (table: string): string =>
  `concat((SELECT 'ONLY ' FROM pg_class WHERE oid = ${table} AND relkind <> 'p'), ${table}::regclass)`;

// Foreign keys can be violated through NOT VALID, disabled triggers or session_replication_role.
const foreignKeysSql = `
  SELECT conrelid::regclass || '.' || quote_ident(conname) AS name, convalidated AS validated, ${ownRows('conrelid')} AS referencing, ${ownRows('confrelid')} AS referenced, (to_jsonb(k) ->> 'conperiod')::boolean AS period,
    (SELECT array_agg(quote_ident(attname) ORDER BY n) FROM unnest(conkey) WITH ORDINALITY u(a, n) JOIN pg_attribute ON attrelid = conrelid AND attnum = a) AS columns,
    (SELECT array_agg(quote_ident(attname) ORDER BY n) FROM unnest(confkey) WITH ORDINALITY u(a, n) JOIN pg_attribute ON attrelid = confrelid AND attnum = a) AS references,
    (SELECT array_agg(format('OPERATOR(%I.%s)', o.oprnamespace::regnamespace, oprname) ORDER BY n) FROM unnest(conpfeqop) WITH ORDINALITY u(a, n) JOIN pg_operator o ON o.oid = a) AS operators
  FROM pg_constraint k WHERE contype = 'f' AND conparentid = 0 AND ${enforced} ORDER BY 1`;

export const foreignKeys: Check = async (subject) => {
  const { client } = subject;
  const { rows } = await client.query<ForeignKey>(foreignKeysSql);
  const results: Result[] = [];
  for (const { name, validated, referencing, referenced, columns, references, operators, period } of rows) {
    if (!validated && (await isAsMade(subject, 'constraint', name))) continue; // the schema lets older rows break it
    const present = columns.map((column) => `c.${column} IS NOT NULL`).join(' AND ');
    const matches = columns
      .map(
        (column, index) =>
          `p.${references[index]} ${period === true && index === columns.length - 1 ? '&&' : operators[index]} c.${column}`,
      )
      .join(' AND ');
    const covered = period === true ? ` HAVING c.${columns.at(-1)} <@ range_agg(p.${references.at(-1)})` : '';
    const found = await client.query<{ orphans: number }>(
      `SELECT count(*)::int AS orphans FROM ${referencing} c WHERE ${present} AND NOT EXISTS (SELECT FROM ${referenced} p WHERE ${matches}${covered})`,
    );
    results.push(same(`every row that ${name} refers to exists`, '0 orphans', `${found.rows[0]!.orphans} orphans`));
  }
  return results;
};

const checkConstraints: Check = async (subject) => {
  const { client } = subject;
  const { rows } = await client.query<{ name: string; validated: boolean; relation: string; expression: string }>(`
    SELECT conrelid::regclass || '.' || quote_ident(conname) AS name, convalidated AS validated, concat(CASE WHEN connoinherit THEN 'ONLY ' END, conrelid::regclass) AS relation, pg_get_expr(conbin, conrelid) AS expression
    FROM pg_constraint k WHERE contype = 'c' AND conrelid <> 0 AND coninhcount = 0 AND ${enforced} ORDER BY 1`);
  const results: Result[] = [];
  for (const { name, validated, relation, expression } of rows) {
    if (!validated && (await isAsMade(subject, 'constraint', name))) continue;
    const wrong = await client.query<{ breaking: number }>(
      `SELECT count(*)::int AS breaking FROM ${relation} WHERE NOT (${expression})`,
    );
    results.push(
      same(`every row satisfies ${name}`, '0 rows that do not', `${wrong.rows[0]!.breaking} rows that do not`),
    );
  }
  return results;
};

/** If a sequence has yet to return a key that is in use, a later insert fails. */
const sequencesAhead: Check = async ({ client }) => {
  const { rows } = await client.query<{ name: string; relation: string; column: string; below: string }>(`
    SELECT s.oid::regclass::text AS name, d.refobjid::regclass::text AS relation, quote_ident(a.attname) AS column, (seqmin::numeric - 1)::text AS below
    FROM pg_class s
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    JOIN pg_type t ON t.oid = a.atttypid AND coalesce(nullif(t.typbasetype, 0), t.oid) IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    JOIN pg_sequence q ON q.seqrelid = s.oid AND q.seqincrement > 0
    WHERE s.relkind = 'S' ORDER BY 1`);
  const results: Result[] = [];
  for (const { name, relation, column, below } of rows) {
    const keys = await client.query<{ next: string; highest: string }>(`
      SELECT (SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM ${name})::text AS next, (SELECT coalesce(max(${column}), ${below}) FROM ${relation})::text AS highest`);
    const { next, highest } = keys.rows[0]!;
    results.push({
      check: `${name} is ahead of ${relation}.${column}`,
      expected: `more than ${highest}`,
      found: next,
      passed: BigInt(next) > BigInt(highest),
    });
  }
  return results;
};

export const dataChecks: readonly Check[] = [foreignKeys, checkConstraints, sequencesAhead];
