import { answersSoon, listed, nothing } from '../../validation/index.ts';
import { literal } from '../connection.ts';
import type { Check } from './check.ts';

const roundTrip: Check = ({ admin }) => answersSoon(() => admin.rows('SELECT 1'));

/** ClickHouse delays inserts from 1,000 parts in a partition (`parts_to_delay_insert`). */
const mostParts = 300;

const fewParts: Check = async ({ admin, name }) => {
  const rows = await admin.rows<{ found: string }>(`
    SELECT concat(table, ' ', partition, ': ', toString(count())) AS found FROM system.parts WHERE active AND database = ${literal(name)} GROUP BY table, partition HAVING count() > ${mostParts} ORDER BY 1`);
  const found = listed(rows.map((row) => row.found));
  return nothing('no partition is in too many parts', found, `at most ${mostParts}`);
};

export const performanceChecks: readonly Check[] = [roundTrip, fewParts];
