import { listed, nothing, type Result } from '../../validation/index.ts';
import { messageOf } from '../../../lib/environment.ts';
import { byKey, type Check, isAsMade, keyOf, type Subject } from './check.ts';
import { enforced } from './data-checks.ts';

/** A test may add objects, but those of the schema must exist unaltered. */
const asCreated: Check = async ({ definitions, original }) => {
  const now = byKey(await definitions());
  const known = original.filter(({ kind }) => kind !== 'large object');
  const gone = known.filter((definition) => !now.has(keyOf(definition)));
  const tables = gone.filter(({ kind }) => kind === 'table').map(({ name }) => name);
  // The columns and constraints of a missing table are not listed as well.
  const missing = [
    ...gone.filter(({ kind }) => kind === 'table'),
    ...gone.filter(({ kind, name }) => kind !== 'table' && !tables.some((table) => name.startsWith(`${table}.`))),
  ];
  const other = known.filter(
    (definition) => now.has(keyOf(definition)) && now.get(keyOf(definition)) !== definition.definition,
  );
  const found = [
    ...missing.map((definition) => `${keyOf(definition)} is missing`),
    ...other.map((definition) => `${keyOf(definition)} was altered`),
  ];
  return nothing(
    'everything that the schema defines is there as defined',
    listed(found),
    `${known.length} definitions`,
  );
};

const constraintsValid: Check = (subject) =>
  noneByTheTest(
    subject,
    'every constraint is validated',
    `SELECT 'constraint' AS kind, conrelid::regclass || '.' || quote_ident(conname) AS name
     FROM pg_constraint k WHERE NOT convalidated AND conrelid <> 0 AND ${enforced} ORDER BY 2`,
  );

const indexesValid: Check = (subject) =>
  noneByTheTest(
    subject,
    'every index is valid',
    `SELECT 'index' AS kind, indexrelid::regclass::text AS name
     FROM pg_index WHERE NOT indisvalid OR NOT indisready ORDER BY 2`,
  );

// A key works by internal triggers. Those that fire for replication alone are as good as disabled.
const triggersEnabled: Check = (subject) =>
  noneByTheTest(
    subject,
    'every trigger is enabled',
    `SELECT DISTINCT CASE WHEN tgisinternal THEN 'constraint' ELSE 'trigger' END AS kind,
       CASE WHEN tgisinternal THEN conrelid::regclass || '.' || quote_ident(conname)
         ELSE tgrelid::regclass || '.' || quote_ident(tgname) END AS name
     FROM pg_trigger LEFT JOIN pg_constraint k ON k.oid = tgconstraint WHERE tgenabled IN ('D', 'R') ORDER BY 2`,
  );

/** A dictionary may need a file or another dictionary that is gone, which shows only when it is used. */
const dictionariesWork: Check = async ({ client }) => {
  const { rows } = await client.query<{ name: string }>(
    'SELECT oid::regdictionary::text AS name FROM pg_ts_dict WHERE oid >= 16384 ORDER BY 1',
  );
  const broken: string[] = [];
  for (const { name } of rows) {
    await client
      .query("SELECT ts_lexize($1::regdictionary, 'word')", [name])
      .catch((error: unknown) => broken.push(`${name} (${messageOf(error)})`));
  }
  return nothing('every dictionary for text search can be used', listed(broken), 'none that can not');
};

/** Passes when a query finds no object but those that the schema itself has left like that. */
async function noneByTheTest(subject: Subject, check: string, query: string): Promise<Result> {
  const { rows } = await subject.client.query<{ kind: string; name: string }>(query);
  const found: string[] = [];
  for (const { kind, name } of rows) if (!(await isAsMade(subject, kind, name))) found.push(name);
  return nothing(check, listed(found), 'none that is not');
}

export const schemaChecks: readonly Check[] = [
  asCreated,
  constraintsValid,
  indexesValid,
  triggersEnabled,
  dictionariesWork,
];
