// How fast it has to be is measured by `npm run bench -- experiments`, where nothing else is at work; here it is shown.
import { expect, test } from '../../fixtures/index.ts';

test('a hundred clients create a hundred experiments each', { tag: '@long' }, async ({ createTenant, load, internals }) => {
  test.setTimeout(120_000);
  const tenant = createTenant();
  const result = await test.step('create ten thousand', () => load.create(tenant, { clients: 100, requests: 10_000 }));
  await test.step('every request was answered', () => {
    expect(result).toMatchObject({ requests: 10_000, errors: 0 });
  });

  await test.step('every experiment is there', async () => {
    const [{ count, names } = {}] = await internals.postgres.query<{ count: number; names: number }>('SELECT count(*)::integer, count(DISTINCT name)::integer AS names FROM experiments WHERE tenant_id = $1', [tenant.id]);
    expect({ count, names }).toEqual({ count: 10_000, names: 10_000 });
    expect((await tenant.experiments.list({ per_page: 1 }))._meta.total_count).toBe(10_000);
  });
});
