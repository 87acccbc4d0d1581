import fc from 'fast-check';
import { expect, test } from '../../../fixtures/index.ts';
import type { ClickHouseDatabase } from '../../../helpers/stores/clickhouse/index.ts';

test.use({ tables: 'events', dataset: 'basic_workflow' });

const inserted = "1, 'page_view', toDateTime64('2025-11-05 00:00:00', 3, 'UTC') + INTERVAL number DAY FROM numbers(40)";

/** After the first two of these, a restore compares parts alone. None fails, whatever ran before. */
const rows = [
  `INSERT INTO events (id, user_id, name, occurred_at) SELECT 9000 + number, ${inserted}`,
  'SELECT count() FROM events',
];
const others = [
  'ALTER TABLE events DELETE WHERE user_id = 1',
  'ALTER TABLE events DROP PARTITION 202512',
  'TRUNCATE TABLE events',
  'OPTIMIZE TABLE events FINAL',
  'ALTER TABLE events DETACH PARTITION 202511',
  'ALTER TABLE events ADD COLUMN IF NOT EXISTS source String',
  'DROP TABLE IF EXISTS users',
  'CREATE TABLE IF NOT EXISTS users (id UInt64, name String) ENGINE = MergeTree ORDER BY id',
  'CREATE TABLE IF NOT EXISTS extra ENGINE = Memory AS SELECT id FROM events',
  'DROP VIEW IF EXISTS events_daily_fill',
];

/** A statement, or a snapshot or a restore in between. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...rows) },
  { weight: 3, arbitrary: fc.constantFrom(...others) },
  { weight: 2, arbitrary: fc.constantFrom('snapshot', 'restore') },
);

async function take(clickhouse: ClickHouseDatabase, what: string): Promise<void> {
  if (what === 'snapshot') await clickhouse.snapshot('in between');
  else if (what === 'restore') await clickhouse.restore();
  else await clickhouse.client.command({ query: what });
}

for (const { title, numRuns, tag } of [
  { title: 'whatever statements ran in whatever order, a restore undoes them', numRuns: 3, tag: '@short' },
  { title: 'a restore undoes whatever ran, thirty times', numRuns: 30, tag: '@long' },
]) {
  test(title, { tag }, async ({ clickhouse }) => {
    test.setTimeout(60_000 + numRuns * 3_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), fc.boolean(), async (steps, toSnapshot) => {
        await clickhouse.snapshot('in between');
        for (const what of steps) await take(clickhouse, what);
        const names = toSnapshot ? ['in between', undefined] : [undefined];
        for (const name of names) {
          await clickhouse.restore(name);
          expect(await clickhouse.diff(name)).toEqual({ tables: [], definitions: [] });
        }
      }),
      { numRuns },
    );
  });
}
