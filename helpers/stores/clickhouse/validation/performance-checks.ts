import { answersSoon, listed } from '../../validation/index.ts';
import { literal } from '../connection.ts';
import type { Check } from './check.ts';

const roundTrip: Check = ({ admin }) => answersSoon(() => admin.rows('SELECT 1'));

/**
 * ClickHouse delays inserts from 1,000 parts in a partition and refuses them from 3,000 (`parts_to_delay_insert`); many
 * small inserts get there.
 */
const mostParts = 300;

const fewParts: Check = async ({ admin, name }) => {
  const rows = await admin.rows<{ found: string }>(`
    SELECT concat(table, ' ', partition, ': ', toString(count())) AS found FROM system.parts WHERE active AND database = ${literal(name)} GROUP BY table, partition HAVING count() > ${mostParts} ORDER BY 1`);
  return {
    check: 'no partition is in too many parts',
    expected: `at most ${mostParts}`,
    found: listed(
      rows.map(({ found }) => found),
      `at most ${mostParts}`,
    ),
    passed: rows.length === 0,
  };
};

export const performanceChecks: readonly Check[] = [roundTrip, fewParts];
