import { same } from '../../validation/index.ts';
import { emptyFile, valuesOf } from '../catalogue-reading.ts';
import { type Check, isAsMade, type Subject } from './check.ts';

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
  /** Whether the referencing table has no rows. */
  readonly isEmpty: boolean;
}

/** Whether a constraint `k` is enforced. Before PostgreSQL 18 the column does not exist, and all are. */
export const enforced = "to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'";

/** A table in FROM with the rows that its keys cover: with partitions, without inheriting tables. */
const ownRows = (table: string): string =>
  `concat((SELECT 'ONLY ' FROM pg_class WHERE oid = ${table} AND relkind <> 'p'), ${table}::regclass)`;

// Foreign keys can be violated through NOT VALID, disabled triggers or session_replication_role.
const foreignKeysSql = `
  SELECT conrelid::regclass || '.' || quote_ident(conname) AS name, convalidated AS validated,
    ${ownRows('conrelid')} AS referencing, ${ownRows('confrelid')} AS referenced,
    (to_jsonb(k) ->> 'conperiod')::boolean AS period, ${emptyFile('r')} AS "isEmpty",
    (SELECT array_agg(quote_ident(attname) ORDER BY n) FROM unnest(conkey) WITH ORDINALITY u(a, n) JOIN pg_attribute ON attrelid = conrelid AND attnum = a) AS columns,
    (SELECT array_agg(quote_ident(attname) ORDER BY n) FROM unnest(confkey) WITH ORDINALITY u(a, n) JOIN pg_attribute ON attrelid = confrelid AND attnum = a) AS references,
    (SELECT array_agg(format('OPERATOR(%I.%s)', o.oprnamespace::regnamespace, oprname) ORDER BY n) FROM unnest(conpfeqop) WITH ORDINALITY u(a, n) JOIN pg_operator o ON o.oid = a) AS operators
  FROM pg_constraint k JOIN pg_class r ON r.oid = conrelid WHERE contype = 'f' AND conparentid = 0
    AND ${enforced} ORDER BY 1`;

export const foreignKeys: Check = async (subject) => {
  const { client, reading } = subject;
  const { rows } = await client.query<ForeignKey>(foreignKeysSql);
  const keys = await withoutLeftOpen(subject, rows);
  const counts = await valuesOf(client, reading, keys.map(orphansSql));
  return keys.map(({ name }, place) =>
    same(`every row that ${name} refers to exists`, '0 orphans', `${counts[place]} orphans`),
  );
};

/** Counts the rows that refer to nothing. */
function orphansSql({ referencing, referenced, columns, references, operators, period, isEmpty }: ForeignKey): string {
  if (isEmpty) return 'SELECT 0';
  const present = columns.map((column) => `c.${column} IS NOT NULL`).join(' AND ');
  const operatorOf = (index: number): string =>
    period === true && index === columns.length - 1 ? '&&' : operators[index]!;
  const matches = columns
    .map((column, index) => `p.${references[index]} ${operatorOf(index)} c.${column}`)
    .join(' AND ');
  const covered = period === true ? ` HAVING c.${columns.at(-1)} <@ range_agg(p.${references.at(-1)})` : '';
  return `SELECT count(*) FROM ${referencing} c WHERE ${present} AND NOT EXISTS (SELECT FROM ${referenced} p
    WHERE ${matches}${covered})`;
}

/** Without the constraints that the schema itself has left NOT VALID, which older rows may break. */
async function withoutLeftOpen<Constraint extends { readonly name: string; readonly validated: boolean }>(
  subject: Subject,
  constraints: readonly Constraint[],
): Promise<Constraint[]> {
  const result: Constraint[] = [];
  for (const constraint of constraints)
    if (constraint.validated || !(await isAsMade(subject, 'constraint', constraint.name))) result.push(constraint);
  return result;
}

interface CheckConstraint {
  readonly name: string;
  readonly validated: boolean;
  readonly relation: string;
  readonly expression: string;
  readonly isEmpty: boolean;
}

/** All checks of a table are counted in one scan. */
const checkConstraints: Check = async (subject) => {
  const { client, reading } = subject;
  const { rows } = await client.query<CheckConstraint>(`
    SELECT conrelid::regclass || '.' || quote_ident(conname) AS name, convalidated AS validated,
      concat(CASE WHEN connoinherit THEN 'ONLY ' END, conrelid::regclass) AS relation,
      pg_get_expr(conbin, conrelid) AS expression, ${emptyFile('r')} AS "isEmpty"
    FROM pg_constraint k JOIN pg_class r ON r.oid = conrelid WHERE contype = 'c' AND coninhcount = 0
      AND ${enforced} ORDER BY 1`);
  const constraints = await withoutLeftOpen(subject, rows);
  const relations = new Map<string, CheckConstraint[]>();
  for (const constraint of constraints.filter(({ isEmpty }) => !isEmpty))
    relations.set(constraint.relation, [...(relations.get(constraint.relation) ?? []), constraint]);
  const counts = await valuesOf(
    client,
    reading,
    [...relations].map(([relation, own]) => {
      const broken = own.map(({ expression }) => `count(*) FILTER (WHERE NOT (${expression}))`);
      return `SELECT concat_ws(' ', ${broken.join(', ')}) FROM ${relation}`;
    }),
  );
  const countOf = new Map(
    [...relations.values()].flatMap((own, place) => {
      const each = counts[place]?.split(' ') ?? [];
      return own.map((constraint, index) => [constraint, each[index]] as const);
    }),
  );
  return constraints.map((constraint) =>
    same(
      `every row satisfies ${constraint.name}`,
      '0 rows that do not',
      `${constraint.isEmpty ? '0' : countOf.get(constraint)} rows that do not`,
    ),
  );
};

/** If a sequence has yet to return a key that is in use, a later insert fails. */
const sequencesAhead: Check = async ({ client, reading }) => {
  const { rows } = await client.query<{ name: string; relation: string; column: string; below: string }>(`
    SELECT s.oid::regclass::text AS name, d.refobjid::regclass::text AS relation, quote_ident(a.attname) AS column, (seqmin::numeric - 1)::text AS below
    FROM pg_class s
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    JOIN pg_type t ON t.oid = a.atttypid AND coalesce(nullif(t.typbasetype, 0), t.oid) IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    JOIN pg_sequence q ON q.seqrelid = s.oid AND q.seqincrement > 0
    WHERE s.relkind = 'S' ORDER BY 1`);
  const keys = await valuesOf(
    client,
    reading,
    rows.map(
      ({ name, relation, column, below }) =>
        `SELECT concat(CASE WHEN is_called THEN last_value::numeric + 1 ELSE last_value END, ' ',
          (SELECT coalesce(max(${column}), ${below}) FROM ${relation})) FROM ${name}`,
    ),
  );
  return rows.map(({ name, relation, column }, place) => {
    const [next = '', highest = ''] = keys[place]?.split(' ') ?? [];
    return {
      check: `${name} is ahead of ${relation}.${column}`,
      expected: `more than ${highest}`,
      found: next,
      passed: BigInt(next) > BigInt(highest),
    };
  });
};

export const dataChecks: readonly Check[] = [foreignKeys, checkConstraints, sequencesAhead];
