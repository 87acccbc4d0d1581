import { answersSoon, nothing, same } from '../../validation/index.ts';
import type { Check } from './check.ts';

const roundTrip: Check = ({ client }) => answersSoon(() => client.query('SELECT 1'));

/** Without statistics the planner guesses, and its plans differ from those in production. */
const statisticsGathered: Check = async ({ client, original }) => {
  const tables = original.filter(({ kind }) => kind === 'table').map(({ name }) => name);
  const { rows } = await client.query<{ name: string }>(
    `
    SELECT oid::regclass::text AS name FROM pg_class c
    WHERE relkind = 'r' AND oid::regclass::text = ANY ($1) AND reltuples < 0 AND pg_relation_size(oid) > 0 ORDER BY 1`,
    [tables],
  );
  const names = rows.map(({ name }) => name).join(', ');
  return nothing('the planner has statistics of every table of the schema', names, 'none without');
};

/** Selects by the waiting session, because a row lock is a wait for a transaction, which belongs to no database. */
const noSessionWaits: Check = async ({ client }) => {
  const { rows } = await client.query<{ waiting: number }>(
    'SELECT count(*)::int AS waiting FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()',
  );
  return same('no session waits for a lock', '0 waiting', `${rows[0]!.waiting} waiting`);
};

export const performanceChecks: readonly Check[] = [roundTrip, statisticsGathered, noSessionWaits];
