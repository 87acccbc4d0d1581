import { messageOf } from '../../../lib/environment.ts';
import { errorCode, hasCode, quoted } from '../connection.ts';
import type { Check } from './check.ts';

const ownUser: Check = async ({ client, user }) => {
  const [row] = await (
    await client.query({ query: 'SELECT currentUser() AS user', format: 'JSONEachRow' })
  ).json<{ user: string }>();
  return {
    check: "the client is this worker's user",
    expected: user,
    found: String(row?.user),
    passed: row?.user === user,
  };
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
  return { check: 'no other database can be seen', expected: name, found, passed: found === name };
};

/** Write access to the template would change what later tests start with. */
const templateClosed: Check = async ({ client, template }) => {
  const found = await client
    .command({ query: `CREATE TABLE ${quoted(template)}.${quoted('intruder')} (a UInt8) ENGINE = Memory` })
    .then(
      () => 'a table was made there',
      (error: unknown) => (hasCode(error, errorCode.accessDenied) ? 'access denied' : messageOf(error)),
    );
  return {
    check: 'the template cannot be touched',
    expected: 'access denied',
    found,
    passed: found === 'access denied',
  };
};

export const isolationChecks: readonly Check[] = [ownUser, seesNoOther, templateClosed];
