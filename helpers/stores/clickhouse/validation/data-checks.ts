import { listed, nothing, type Result, same, warning } from '../../validation/index.ts';
import { readCatalogues } from '../catalogue.ts';
import { hasParts } from '../contents.ts';
import { literal, quoted } from '../connection.ts';
import type { Check } from './check.ts';

/** Reads every part and compares its checksums. */
const partsSound: Check = async ({ admin, name }) => {
  const [catalogue] = await readCatalogues(admin, [name], { quiet: true });
  const tables = [...(catalogue ?? new Map()).values()].filter(({ engine }) => hasParts(engine));
  return Promise.all(
    tables.map(async ({ physicalName, name: table }): Promise<Result> => {
      const bad = (
        await admin.rows<{ part_path: string; is_passed: number; message: string }>(
          `CHECK TABLE ${quoted(name)}.${quoted(physicalName)} SETTINGS check_query_single_value_result = 0`,
        )
      ).filter((row) => !row.is_passed);
      const found = bad.map((row) => `${row.part_path}: ${row.message}`).join('; ');
      return nothing(`every part of ${table} is sound`, found, 'none damaged');
    }),
  );
};

const noneDetached: Check = async ({ admin, name }) => {
  const rows = await admin.rows<{ part: string }>(
    `SELECT concat(table, ' ', name) AS part FROM system.detached_parts WHERE database = ${literal(name)} ORDER BY 1`,
  );
  return nothing('no part is detached', rows.map(({ part }) => part).join(', '));
};

const mutationsDone: Check = async ({ admin, name }) => {
  const rows = await admin.rows<{ mutation: string }>(`
    SELECT concat(table, ' ', command, if(latest_fail_reason = '', '', concat(': ', latest_fail_reason))) AS mutation FROM system.mutations WHERE database = ${literal(name)} AND NOT is_done`);
  return nothing('every mutation is done', rows.map(({ mutation }) => mutation).join('; '), 'none under way');
};

/**
 * Users that have rows in other tables exist in the users table, where there is one. What the dataset came with is
 * taken to be right, such as 0 for visitors, and so are ids of another type.
 */
const usersKnown: Check = async ({ admin, name, template }) => {
  const tables = await admin.rows<{ table: string; original: boolean }>(`
    WITH columns AS (SELECT c.database AS database, table, c.name AS name,
        replaceRegexpAll(type, 'Nullable|LowCardinality|[()]', '') AS type
      FROM system.columns AS c JOIN system.tables AS t ON c.database = t.database AND c.table = t.name
      WHERE c.database IN (${literal(name)}, ${literal(template)}) AND (t.engine LIKE '%MergeTree'
        OR t.engine IN ('Memory', 'Log', 'TinyLog', 'StripeLog')))
    SELECT table, (${literal(template)}, table) IN (SELECT database, table FROM columns WHERE name = 'user_id')
      AND (${literal(template)}, 'users') IN (SELECT database, table FROM columns WHERE name = 'id') AS original
    FROM columns WHERE database = ${literal(name)} AND name = 'user_id' AND table != 'users'
      AND type IN (SELECT type FROM columns WHERE database = ${literal(name)} AND table = 'users'
        AND name = 'id') ORDER BY table`);
  return Promise.all(
    tables.map(async ({ table, original }): Promise<Result> => {
      const strangers = (database: string): string => `user_id NOT IN (SELECT id FROM ${quoted(database)}.users)`;
      const excused = original
        ? `AND user_id NOT IN (SELECT user_id FROM ${quoted(template)}.${quoted(table)} WHERE ${strangers(template)})`
        : '';
      const [row] = await admin.rows<{ orphans: number }>(
        `SELECT toUInt32(count()) AS orphans FROM ${quoted(name)}.${quoted(table)} WHERE ${strangers(name)} ${excused}`,
      );
      return same(`every row of ${table} is of a user that is known`, '0 orphans', `${row!.orphans} orphans`);
    }),
  );
};

/** Expired rows of the template go when ClickHouse next merges their parts in the test's database. */
const noneExpired: Check = async ({ admin, template }) => {
  const rows = await admin.rows<{ found: string }>(`
    SELECT concat(table, ': up to ', toString(sum(rows)), ' rows, the first since ',
      toString(toDate(min(since)))) AS found
    FROM (SELECT table, rows, arrayMin(arrayFilter(at -> toUnixTimestamp(at) > 0,
      [delete_ttl_info_min] || rows_where_ttl_info.min || group_by_ttl_info.min)) AS since
          FROM system.parts WHERE active AND database = ${literal(template)})
    WHERE toUnixTimestamp(since) > 0 AND since < now() GROUP BY table ORDER BY table`);
  return warning('no row of the dataset has expired by its TTL', listed(rows.map(({ found }) => found)));
};

export const dataChecks: readonly Check[] = [partsSound, noneDetached, mutationsDone, usersKnown, noneExpired];
