import { ClickHouseError, createClient } from '@clickhouse/client';
import { expect, test } from '../../../../fixtures/index.ts';
import { withFault } from '../../../faults/inject.ts';
import type { Variant } from '../variants.ts';
import { metricsStore, type Scrape } from './store.ts';

test.use({ tables: './tables.sql', dataset: 'empty' });

const [one, two, three] = [
  '10000000-0000-4000-8000-000000000000',
  '20000000-0000-4000-8000-000000000000',
  '30000000-0000-4000-8000-000000000000',
] as const;

function scrape(tenant: string, experiment: string, variant: Variant, tick: number): Scrape {
  return {
    tenant,
    experiment,
    variant,
    tick,
    at: new Date(1_800_000_000_000 + tick),
    samples: 1,
    errors: 0,
    work: 1,
    points: [{ node: 'any', process: 'any', metric: 'process.cpu.utilization', value: 1 }],
  };
}

test('write positions are returned for the requested deployments of one tenant', async ({
  clickhouse: { client, name },
}) => {
  await metricsStore.write(
    client,
    [
      scrape('ana', one, 'baseline', 0),
      scrape('ana', one, 'baseline', 7),
      scrape('ana', one, 'candidate', 0),
      scrape('ana', two, 'candidate', 41),
      scrape('ana', three, 'baseline', 3),
      scrape('ben', two, 'baseline', 99),
    ],
    `agent of ${name}`,
  );

  const written = await metricsStore.written(client, 'ana', [one, one, two]);

  expect(written).toHaveLength(3);
  expect(written).toEqual(
    expect.arrayContaining([
      { experiment: one, variant: 'baseline', ticks: 8 },
      { experiment: one, variant: 'candidate', ticks: 1 },
      { experiment: two, variant: 'candidate', ticks: 42 },
    ]),
  );
});

test('a range begins with its start and ends before its end', async ({ clickhouse: { client, name }, fault }) => {
  const { metricsStore: store } = await withFault('experiments', { metricsStore }, fault);
  const ticks = [0, 1, 2, 3].map((tick) => scrape('ana', one, 'baseline', tick));
  await store.write(client, ticks, `agent of ${name}`);
  const range = { tenant: 'ana', experiment: one, from: ticks[1]!.at, to: ticks[3]!.at };
  expect((await store.summarize(client, range)).baseline).toMatchObject({ scrapes: 2, series: 1, points: 2 });
  expect((await store.summarize(client, { ...range, to: ticks[1]!.at })).baseline.scrapes).toBe(0);
});

test('removal deletes series of that experiment and tenant only', async ({ clickhouse }) => {
  const writer = `agent of ${clickhouse.name}`;
  await metricsStore.write(
    clickhouse.client,
    [scrape('ana', one, 'baseline', 0), scrape('ana', two, 'baseline', 0), scrape('ben', one, 'baseline', 0)],
    writer,
  );

  await metricsStore.forgetExperiment(clickhouse.client, 'ana', one, writer);

  for (const table of ['series', 'scrapes']) {
    await expect
      .poll(
        () => clickhouse.query(`SELECT tenant_id AS tenant, experiment_id AS experiment FROM ${table} ORDER BY ALL`),
        `${table} that stay`,
      )
      .toEqual([
        { tenant: 'ana', experiment: two },
        { tenant: 'ben', experiment: one },
      ]);
  }
});

test('an abandoned insert cannot bring removed series back', async ({ clickhouse }) => {
  const writer = `agent of ${clickhouse.name}`;
  await clickhouse.client.command({ query: 'ALTER TABLE scrapes ADD CONSTRAINT slow CHECK sleep(3) = 0' }); // the longest sleep that the server allows
  await using impatient = createClient({ url: clickhouse.url, request_timeout: 1_000, log: { level: 127 } });
  await expect(metricsStore.write(impatient, [scrape('ana', one, 'baseline', 0)], writer)).rejects.toThrow('Timeout');
  const isOver = async (): Promise<boolean> => {
    try {
      await clickhouse.client.command({ query: 'SELECT 1', query_id: writer });
      return true;
    } catch (error) {
      if (!(error instanceof ClickHouseError) || error.type !== 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING') throw error;
      return false;
    }
  };
  expect(await isOver(), 'the insert that was given up is over').toBe(false);

  await metricsStore.forgetExperiment(clickhouse.client, 'ana', one, writer);

  await expect.poll(isOver, { message: 'the insert is over' }).toBe(true);
  await expect
    .poll(() => clickhouse.query('SELECT tick FROM scrapes'), { message: 'scrapes of what was removed' })
    .toEqual([]);
});
