import { expect, test } from '../../../../fixtures/index.ts';
import type { Variant } from '../variants.ts';
import { metricsStore, type Scrape } from './store.ts';

test.use({ tables: 'helpers/platform/experiments/metrics/tables.sql', dataset: 'empty' });

const [one, two, three] = ['10000000-0000-4000-8000-000000000000', '20000000-0000-4000-8000-000000000000', '30000000-0000-4000-8000-000000000000'] as const;

function scrape(tenant: string, experiment: string, variant: Variant, tick: number): Scrape {
  return { tenant, experiment, variant, tick, at: new Date(1_800_000_000_000 + tick), samples: 1, errors: 0, work: 1, points: [] };
}

test('how far each deployment is written is told for those that are asked for, of their tenant alone', async ({ clickhouse: { client } }) => {
  await metricsStore.write(client, [
    scrape('ana', one, 'baseline', 0), scrape('ana', one, 'baseline', 7), scrape('ana', one, 'candidate', 0),
    scrape('ana', two, 'candidate', 41), scrape('ana', three, 'baseline', 3), scrape('ben', two, 'baseline', 99),
  ]);

  const written = await metricsStore.written(client, 'ana', [one, one, two]);

  expect(written).toHaveLength(3);
  expect(written).toEqual(expect.arrayContaining([
    { experiment: one, variant: 'baseline', ticks: 8 }, { experiment: one, variant: 'candidate', ticks: 1 }, { experiment: two, variant: 'candidate', ticks: 42 },
  ]));
});
