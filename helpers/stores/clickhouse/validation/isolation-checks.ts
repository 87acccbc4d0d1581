import { messageOf } from '../../../lib/environment.ts';
import { same } from '../../validation/index.ts';
import { errorCode, hasCode, quoted } from '../connection.ts';
import type { Check } from './check.ts';

const ownUser: Check = async ({ client, user }) => {
  const [row] = await (
    await client.query({ query: 'SELECT currentUser() AS user', format: 'JSONEachRow' })
  ).json<{ user: string }>();
  return same("the client is this worker's user", user, String(row?.user));
};

/** The server's own databases are visible to every user, but a test role reads only those about the language. */
const seesNoOther: Check = async ({ client, name }) => {
  const rows = await (
    await client.query({
      query: `SELECT name FROM system.databases WHERE name NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema', 'default') ORDER BY name`,
      format: 'JSONEachRow',
    })
  ).json<{ name: string }>();
  const found = rows.map((row) => row.name).join(', ');
  return same('no other database can be seen', name, found);
};

/** Write access to the template would change what later tests start with. */
const templateClosed: Check = async ({ client, template }) => {
  const found = await client
    .command({ query: `CREATE TABLE ${quoted(template)}.${quoted('intruder')} (a UInt8) ENGINE = Memory` })
    .then(
      () => 'a table was made there',
      (error: unknown) => (hasCode(error, errorCode.accessDenied) ? 'access denied' : messageOf(error)),
    );
  return same('the template cannot be touched', 'access denied', found);
};

export const isolationChecks: readonly Check[] = [ownUser, seesNoOther, templateClosed];
