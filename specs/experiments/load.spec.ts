// Speed is measured by `npm run bench -- experiments` on an otherwise idle machine; this only shows that it works.
import { expect, test } from '../../fixtures/index.ts';

test(
  'a hundred clients create a hundred experiments each',
  { tag: '@long' },
  async ({ createTenant, load, inside }) => {
    test.setTimeout(120_000);
    const tenant = createTenant();
    const result = await test.step('create ten thousand', () =>
      load.create(tenant, { clients: 100, requests: 10_000 }));
    await test.step('every request was answered', () => {
      expect(result).toMatchObject({ requests: 10_000, errors: 0 });
    });

    await test.step('every experiment is there, once', async () => {
      const names = new Set<string>();
      for (let page = 1; page <= 100; page++) {
        const {
          experiments,
          _meta: { total_count: total },
        } = await tenant.experiments.list({ page, per_page: 100, sort: 'name' });
        expect(total).toBe(10_000);
        for (const { name } of experiments) names.add(name);
      }
      expect(names.size).toBe(10_000);
    });

    await inside('in the database as well', async ({ postgres }) => {
      const [found] = await postgres.query(
        'SELECT count(*)::integer, count(DISTINCT name)::integer AS names FROM experiments WHERE tenant_id = $1',
        [tenant.id],
      );
      expect(found).toEqual({ count: 10_000, names: 10_000 });
    });
  },
);
