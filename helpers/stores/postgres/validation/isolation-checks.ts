import { same } from '../../validation/index.ts';
import { ownerOf } from '../names.ts';
import type { Check } from './check.ts';

const ownDatabase: Check = async ({ name, owner }) =>
  same('the database belongs to this worker', owner, String(ownerOf(name)));

/** A change in an unsealed template would appear in every later clone. */
const templateSealed: Check = async ({ client, template }) => {
  const { rows } = await client.query<{ open: boolean }>(
    'SELECT datallowconn AS open FROM pg_database WHERE datname = $1',
    [template],
  );
  const [row] = rows;
  const found = row === undefined ? 'missing' : row.open ? 'open' : 'sealed';
  return same('the template is sealed', 'sealed', found);
};

/** A prepared transaction outlives its session and holds its locks. */
const noPreparedTransactions: Check = async ({ client }) => {
  const { rows } = await client.query<{ prepared: number }>(
    'SELECT count(*)::int AS prepared FROM pg_prepared_xacts WHERE database = current_database()',
  );
  return same('no prepared transaction is left', '0', String(rows[0]!.prepared));
};

const settingsAsMade: Check = async ({ client, original }) => {
  const { rows } = await client.query<{ settings: string }>(
    `SELECT array_to_string(setconfig, ', ') AS settings FROM pg_db_role_setting
     WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  const made = original.filter(({ kind }) => kind === 'settings').map(({ definition }) => definition);
  const [expected, found] = [made, rows.map(({ settings }) => settings)].map((all) =>
    all.length === 0 ? 'none' : all.toSorted().join('; '),
  ) as [string, string];
  return same('the database has no settings but those that it was made with', expected, found);
};

export const isolationChecks: readonly Check[] = [ownDatabase, templateSealed, noPreparedTransactions, settingsAsMade];
