import { expect, test } from '../../fixtures/index.ts';
import { tenantIsolation } from '../../fixtures/scenarios/index.ts';
import { experimentRequest } from '../../helpers/clients/index.ts';
import { realms } from '../../helpers/platform/kernel/realms.ts';

const base = '/api/v1/experiments';
const { sessions, generator } = realms;

tenantIsolation({
  thing: 'experiment',
  create: (as) => as.post(base, experimentRequest({ config: { duration: '30m', process_count: 1 } })),
  read: (as, { id }) => as.get(`${base}/${id}`),
  list: (as) => as.get(base),
  change: (as, { id }) => as.patch(`${base}/${id}/state`, { action: 'cancel' }),
  others: {
    'reading the metrics of': (as, { id }) => as.get(`${base}/${id}/metrics`),
    'reading the configurations of': (as, { id }) => as.get(`${base}/${id}/configs`),
    'reading the deployments of': (as, { id }) => as.get(`${base}/${id}/deployments`),
    starting: (as, { id }) => as.patch(`${base}/${id}/state`, { action: 'start' }),
    pausing: (as, { id }) => as.patch(`${base}/${id}/state`, { action: 'pause' }),
    'changing the load of': (as, { id }) => as.post(`${base}/${id}/load`, { profile: 'spike', process_count: 1 }),
    'changing a pipeline of': (as, { id }) => as.patch(`${base}/${id}/pipeline`, { processors: [] }),
  },
  lasting: ({ name, paused, load }) => ({ name, paused, load }),
  forged: {
    'of the session platform': { claims: { iss: sessions.issuer, aud: sessions.audience } },
    'for the config generator': { claims: { iss: generator.issuer, aud: generator.audience } },
    'without roles': { claims: { roles: undefined } },
    'without a tenant': { claims: { tenant_id: undefined } },
  },
  refusals: [403],
  unauthenticated: [401],
});

test('pipelines are listed with a valid token alone', async ({ app }) => {
  const ana = app.createTenant('ana');
  for (const { name, token } of [{ name: 'valid', token: await ana.token() }, ...(await ana.forgedTokens())]) {
    const { status } = await (await app.as(ana, { token })).get('/api/v1/pipelines');
    expect(status, `with a token that is ${name}`).toBe(name === 'valid' ? 200 : 401);
  }
});

test('two tenants can use nodes of the same name at once', async ({ createTenant }) => {
  const node = { target_nodes: ['web-1'], config: { duration: '300ms' } };
  const [hers, his] = await Promise.all([
    createTenant().experiments.create(node),
    createTenant().experiments.create(node),
  ]);
  await Promise.all([expect(hers).toReach('completed'), expect(his).toReach('completed')]);
});

test(
  'each of more than a hundred tenants gets its series',
  { tag: '@long' },
  async ({ createTenant, chaos, internals: { clickhouse } }) => {
    test.setTimeout(240_000); // creates and removes more than a hundred tenants
    await chaos.stop('agent-2'); // so that one agent has all of them
    const tenants = await Promise.all(
      Array.from({ length: 110 }, async () => {
        const tenant = createTenant();
        // So long that none ends before.
        await tenant.experiments.create({ config: { duration: '1m', process_count: 1 } });
        return tenant.id;
      }),
    );
    const served = async (): Promise<number> => {
      const rows = await clickhouse.query(
        'SELECT tenant_id FROM scrapes WHERE has({tenants: Array(String)}, tenant_id) GROUP BY tenant_id HAVING uniqExact(variant) = 2',
        { tenants },
      );
      return rows.length;
    };
    await expect.poll(served, { message: 'tenants that have series of both variants', timeout: 90_000 }).toBe(110);
  },
);

test("another tenant's experiment is 403 with the documented error body", async ({ createTenant, tenant }) => {
  const { id } = await createTenant().experiments.create();
  const { status, body } = await tenant.experiments.send(`/api/v1/experiments/${id}`);
  expect(status).toBe(403);
  expect(body).toEqual({
    error: {
      code: 'AUTHORIZATION_ERROR',
      message: expect.stringMatching(/another tenant/),
      details: {},
      trace_id: expect.any(String),
      timestamp: expect.any(String),
    },
  });
});

test('only an administrator may remove a tenant, and nothing of it remains', async ({ createTenant, internals }) => {
  const tenant = createTenant();
  const experiment = await tenant.experiments.create({ config: { duration: '300ms' } });
  await expect(experiment).toReach('completed');
  const path = `/api/v1/tenants/${tenant.id}`;
  expect(
    await tenant.experiments.send(path, { method: 'DELETE', token: tenant.sign({ claims: { roles: ['viewer'] } }) }),
  ).toMatchObject({ status: 403 });
  expect(await createTenant('another').experiments.send(path, { method: 'DELETE' })).toMatchObject({ status: 403 });

  expect(await tenant.experiments.send(path, { method: 'DELETE' })).toMatchObject({ status: 204 });
  await expect(experiment.get()).toBeRefused(404, 'NOT_FOUND');
  for (const table of ['experiments', 'node_claims', 'events'])
    expect(await internals.postgres.query(`SELECT * FROM ${table} WHERE tenant_id = $1`, [tenant.id]), table).toEqual(
      [],
    );
  for (const table of ['series', 'scrapes'])
    expect(
      await internals.clickhouse.query(`SELECT * FROM ${table} WHERE tenant_id = {id: String} LIMIT 1`, {
        id: tenant.id,
      }),
      table,
    ).toEqual([]);
});

test('a tenant whose series cannot be removed keeps all its data until they can', async ({
  createTenant,
  internals,
}) => {
  const tenant = createTenant();
  const experiment = await tenant.experiments.create({ config: { duration: '300ms' } });
  await expect(experiment).toReach('completed');

  await internals.clickhouse.client.command({ query: 'RENAME TABLE series TO away' });
  expect(await tenant.experiments.send(`/api/v1/tenants/${tenant.id}`, { method: 'DELETE' })).toMatchObject({
    status: 503,
    body: { error: { code: 'SERVICE_UNAVAILABLE' } },
  });
  await internals.clickhouse.client.command({ query: 'RENAME TABLE away TO series' });
  expect(await experiment.get(), 'the experiment of a tenant that could not be removed').toMatchObject({
    state: 'completed',
  });
  expect((await experiment.metrics()).metrics.baseline.time_series_count).toBe(40);

  expect(await tenant.experiments.send(`/api/v1/tenants/${tenant.id}`, { method: 'DELETE' })).toMatchObject({
    status: 204,
  });
  await expect(experiment.get()).toBeRefused(404, 'NOT_FOUND');
});

test("series written during a tenant's removal are removed, too", async ({
  createTenant,
  experiments,
  internals: { clickhouse },
}) => {
  const tenant = createTenant();
  const nodes = Array.from({ length: 40 }, (_, number) => `large-${number}`); // enough to keep an agent writing
  const large = await tenant.experiments.create({
    target_nodes: nodes,
    config: { duration: '30m', process_count: 1000 },
  });
  await expect
    .poll(async () => (await large.metrics()).metrics.baseline.time_series_count, {
      message: 'series',
      timeout: 15_000,
    })
    .toBe(80_000);
  expect(await tenant.experiments.send(`/api/v1/tenants/${tenant.id}`, { method: 'DELETE' })).toMatchObject({
    status: 204,
  });

  // By then it has been written.
  await expect(await experiments.create({ config: { duration: '1s' } })).toReach('completed');
  for (const table of ['series', 'scrapes']) {
    await expect
      .poll(
        () => clickhouse.query(`SELECT * FROM ${table} WHERE tenant_id = {id: String} LIMIT 1`, { id: tenant.id }),
        { message: `${table} of a tenant that is gone`, timeout: 10_000 },
      )
      .toEqual([]);
  }
});

test.describe('login', () => {
  test('a login returns a token that is accepted', async ({ platform, tenant }) => {
    test.skip(platform.account === undefined, 'TEST_PLATFORM_EMAIL and TEST_PLATFORM_PASSWORD are not set.');
    const { status, body } = await tenant.experiments.send('/api/v1/auth/login', {
      method: 'POST',
      body: { email: platform.account!.email, password: platform.account!.password },
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        token: expect.any(String),
        expires_at: expect.any(String),
        user: {
          id: expect.any(String),
          email: platform.account!.email,
          roles: expect.any(Array),
          tenant_id: expect.any(String),
        },
      },
    });
    const { token, expires_at } = body as { token: string; expires_at: string };
    expect(Date.parse(expires_at)).toBeGreaterThan(Date.now());
    expect(await tenant.experiments.send('/api/v1/experiments', { token })).toMatchObject({ status: 200 });
  });

  test('a wrong password and an unknown account get the same 401, and the eleventh attempt 429', async ({
    platform,
    tenant,
  }) => {
    test.skip(platform.account === undefined, 'TEST_PLATFORM_EMAIL and TEST_PLATFORM_PASSWORD are not set.');
    const login = (email: string) =>
      tenant.experiments.send('/api/v1/auth/login', { method: 'POST', body: { email, password: 'guessed' } });
    const unknownEmail = `${tenant.id}-${test.info().testId}-${test.info().retry}@example.com`;
    const [known, unknown] = [await login(platform.account!.email), await login(unknownEmail)];
    expect([known.status, unknown.status]).toEqual([401, 401]);
    expect((known.body as { error: object }).error).toMatchObject({
      code: 'AUTHENTICATION_ERROR',
      message: (unknown.body as { error: { message: string } }).error.message,
    });

    for (let attempt = 2; attempt <= 10; attempt++) expect(await login(unknownEmail)).toMatchObject({ status: 401 });
    expect(await login(unknownEmail)).toMatchObject({
      status: 429,
      body: { error: { code: 'RATE_LIMIT_EXCEEDED', details: { limit: 10 } } },
    });
  });
});
