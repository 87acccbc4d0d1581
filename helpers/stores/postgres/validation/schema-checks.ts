import type pg from 'pg';
import type { Definition } from '../../differences/index.ts';
import { listed, nothing, type Result } from '../../validation/index.ts';
import { readDefinitions } from '../definitions/index.ts';
import type { Check } from './check.ts';
import { enforced } from './data-checks.ts';

/** A test may add objects, but those of the schema must exist unaltered. */
const asCreated: Check = async ({ client, original }) => {
  const now = new Map((await readDefinitions(client)).map((definition) => [key(definition), definition.definition]));
  const known = original.filter(({ kind }) => kind !== 'large object');
  const gone = known.filter((definition) => !now.has(key(definition)));
  const tables = gone.filter(({ kind }) => kind === 'table').map(({ name }) => name);
  // The columns and constraints of a missing table are not listed as well.
  const missing = [
    ...gone.filter(({ kind }) => kind === 'table'),
    ...gone.filter(({ kind, name }) => kind !== 'table' && !tables.some((table) => name.startsWith(`${table}.`))),
  ];
  const other = known.filter(
    (definition) => now.has(key(definition)) && now.get(key(definition)) !== definition.definition,
  );
  const found = [
    ...missing.map((definition) => `${key(definition)} is missing`),
    ...other.map((definition) => `${key(definition)} was altered`),
  ];
  return nothing(
    'everything that the schema defines is there as defined',
    listed(found),
    `${known.length} definitions`,
  );
};

const constraintsValid: Check = ({ client }) =>
  noneIn(
    client,
    'every constraint is validated',
    `SELECT conrelid::regclass || '.' || conname AS name FROM pg_constraint k WHERE NOT convalidated AND conrelid <> 0 AND ${enforced} ORDER BY 1`,
  );

const indexesValid: Check = ({ client }) =>
  noneIn(
    client,
    'every index is valid',
    'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid OR NOT indisready ORDER BY 1',
  );

const triggersEnabled: Check = ({ client }) =>
  noneIn(
    client,
    'every trigger is enabled',
    "SELECT tgrelid::regclass || '.' || tgname AS name FROM pg_trigger WHERE tgenabled = 'D' ORDER BY 1",
  );

/** Passes when a query finds no name. */
async function noneIn(client: pg.ClientBase, check: string, query: string): Promise<Result> {
  const { rows } = await client.query<{ name: string }>(query);
  return nothing(check, listed(rows.map(({ name }) => name)), 'none that is not');
}

function key({ kind, name }: Definition): string {
  return `${kind} ${name}`;
}

export const schemaChecks: readonly Check[] = [asCreated, constraintsValid, indexesValid, triggersEnabled];
