import { ownerOf } from '../names.ts';
import type { Check } from './check.ts';

const ownDatabase: Check = async ({ name, owner }) => ({
  check: 'the database belongs to this worker',
  expected: owner,
  found: String(ownerOf(name)),
  passed: ownerOf(name) === owner,
});

/** A change in an unsealed template would appear in every later clone. */
const templateSealed: Check = async ({ client, template }) => {
  const {
    rows: [row],
  } = await client.query<{ open: boolean }>('SELECT datallowconn AS open FROM pg_database WHERE datname = $1', [
    template,
  ]);
  const found = row === undefined ? 'missing' : row.open ? 'open' : 'sealed';
  return { check: 'the template is sealed', expected: 'sealed', found, passed: found === 'sealed' };
};

/** A prepared transaction outlives its session and holds its locks. */
const noPreparedTransactions: Check = async ({ client }) => {
  const {
    rows: [row],
  } = await client.query<{ prepared: number }>(
    'SELECT count(*)::int AS prepared FROM pg_prepared_xacts WHERE database = current_database()',
  );
  return {
    check: 'no prepared transaction is left',
    expected: '0',
    found: String(row!.prepared),
    passed: row!.prepared === 0,
  };
};

const settingsAsMade: Check = async ({ client, original }) => {
  const { rows } = await client.query<{ settings: string }>(
    "SELECT array_to_string(setconfig, ', ') AS settings FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1",
  );
  const made = original.filter(({ kind }) => kind === 'settings').map(({ definition }) => definition);
  const [expected, found] = [made, rows.map(({ settings }) => settings)].map((all) =>
    all.length === 0 ? 'none' : all.join('; '),
  ) as [string, string];
  return {
    check: 'the database has no settings but those that it was made with',
    expected,
    found,
    passed: found === expected,
  };
};

export const isolationChecks: readonly Check[] = [ownDatabase, templateSealed, noPreparedTransactions, settingsAsMade];
