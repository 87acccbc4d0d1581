import { waitFor } from '../../../lib/wait.ts';
import { nothing, same } from '../../validation/index.ts';
import { literal } from '../connection.ts';
import type { Check } from './check.ts';

const answers: Check = async ({ client, name }) => {
  const [row] = await (
    await client.query({ query: 'SELECT currentDatabase() AS name', format: 'JSONEachRow' })
  ).json<{ name: string }>();
  return same('the client leads to this database', name, String(row?.name));
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
  return nothing('no query is still running', rows.map(({ query }) => query).join('; '));
};

const noneWaiting: Check = async ({ admin, name }) => {
  const rows = await admin.rows<{ table: string }>(
    `SELECT table FROM system.asynchronous_inserts WHERE database = ${literal(name)}`,
  );
  return nothing('no insert waits to be carried out', rows.map(({ table }) => table).join(', '));
};

export const connectionChecks: readonly Check[] = [answers, noneLeft, noneWaiting];
