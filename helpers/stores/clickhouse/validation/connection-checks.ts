import { waitFor } from '../../../lib/wait.ts';
import { literal } from '../connection.ts';
import type { Check } from './check.ts';

const answers: Check = async ({ client, name }) => {
  const [row] = await (
    await client.query({ query: 'SELECT currentDatabase() AS name', format: 'JSONEachRow' })
  ).json<{ name: string }>();
  return {
    check: 'the client leads to this database',
    expected: name,
    found: String(row?.name),
    passed: row?.name === name,
  };
};

/** Milliseconds for which the server may still list a query that it has already answered. */
const patience = 250;

const noneLeft: Check = async ({ admin, user }) => {
  let rows: { query: string }[] = [];
  const over = async (): Promise<boolean> => {
    rows = await admin.rows<{ query: string }>(
      `SELECT substring(query, 1, 60) AS query FROM system.processes WHERE user = ${literal(user)}`,
    );
    return rows.length === 0;
  };
  await waitFor(over, patience, 10);
  return {
    check: 'no query is still running',
    expected: 'none',
    found: rows.map(({ query }) => query).join('; ') || 'none',
    passed: rows.length === 0,
  };
};

const noneWaiting: Check = async ({ admin, name }) => {
  const rows = await admin.rows<{ table: string }>(
    `SELECT table FROM system.asynchronous_inserts WHERE database = ${literal(name)}`,
  );
  return {
    check: 'no insert waits to be carried out',
    expected: 'none',
    found: rows.map(({ table }) => table).join(', ') || 'none',
    passed: rows.length === 0,
  };
};

export const connectionChecks: readonly Check[] = [answers, noneLeft, noneWaiting];
