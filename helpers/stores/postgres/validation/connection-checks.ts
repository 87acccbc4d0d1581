import type { Check } from './check.ts';

const answers: Check = async ({ client, name }) => {
  const {
    rows: [row],
  } = await client.query<{ name: string }>('SELECT current_database() AS name');
  return {
    check: 'the connection leads to this database',
    expected: name,
    found: String(row?.name),
    passed: row?.name === name,
  };
};

const noneLeaked: Check = async ({ clientsInUse, clientsAwaited }) => ({
  check: 'every client taken from the pool was given back',
  expected: '0 in use, 0 waiting',
  found: `${clientsInUse} in use, ${clientsAwaited} waiting`,
  passed: clientsInUse === 0 && clientsAwaited === 0,
});

const belowLimit: Check = async ({ client }) => {
  const {
    rows: [row],
  } = await client.query<{ sessions: number; most: number }>(`
    SELECT (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) AS sessions, datconnlimit AS most
    FROM pg_database WHERE datname = current_database()`);
  const { sessions, most } = row!;
  return {
    check: 'there is room for more sessions',
    expected: most < 0 ? 'no limit' : `fewer than ${most}`,
    found: String(sessions),
    passed: most < 0 || sessions < most,
  };
};

export const connectionChecks: readonly Check[] = [answers, noneLeaked, belowLimit];
