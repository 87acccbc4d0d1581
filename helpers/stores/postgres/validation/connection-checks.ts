import { same } from '../../validation/index.ts';
import type { Check } from './check.ts';

const answers: Check = async ({ client, name }) => {
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  return same('the connection leads to this database', name, String(rows[0]?.name));
};

const noneLeaked: Check = async ({ clientsInUse, clientsAwaited }) =>
  same(
    'every client taken from the pool was given back',
    '0 in use, 0 waiting',
    `${clientsInUse} in use, ${clientsAwaited} waiting`,
  );

// Without this one, and the one with which this worker puts the database back.
const belowLimit: Check = async ({ client, owner }) => {
  const { rows } = await client.query<{ sessions: number; most: number }>(
    `SELECT datconnlimit AS most, (
      SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> $1) AS sessions
    FROM pg_database WHERE datname = current_database()`,
    [owner],
  );
  const { sessions, most } = rows[0]!;
  return {
    check: 'there is room for more sessions',
    expected: most < 0 ? 'no limit' : `fewer than ${most}`,
    found: String(sessions),
    passed: most < 0 || sessions < most,
  };
};

export const connectionChecks: readonly Check[] = [answers, noneLeaked, belowLimit];
