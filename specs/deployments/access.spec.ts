import { expect, test } from '../../fixtures/index.ts';
import { realms } from '../../helpers/platform/kernel/tokens.ts';

test("another tenant's token is 403 for everything that a deployment has", async ({ deployments, deployment }) => {
  const stranger = deployments.createTenant('stranger');
  const place = `/api/v1/deployments/${deployment.id}`;
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['GET', '/logs', undefined],
    ['GET', '/schema', undefined],
    ['GET', '/operations', undefined],
    ['PATCH', '', { resources: [] }],
    ['POST', '/plan', undefined],
    ['POST', '/apply', {}],
    ['POST', '/import', { type: 'probe_task', name: 'task', id: '1' }],
    ['POST', '/cancel', undefined],
    ['DELETE', '', undefined],
  ] as const)
    await expect(stranger.call(place + path, { method, body }), `${method} ${path}`).toBeRefused(
      403,
      'AUTHORIZATION_ERROR',
    );
  expect(await deployment.get(), 'it is as it was').toMatchObject({ status: 'pending', revision: 1 });
});

test("a list has the tenant's own deployments alone", async ({ createDeployment, deployments }) => {
  const [ana, ben] = [deployments.createTenant('ana'), deployments.createTenant('ben')];
  const mine = await createDeployment({ tenant: ana });
  expect(await ben.list()).toMatchObject({ deployments: [], total: 0 });
  expect((await ana.list()).deployments).toMatchObject([{ id: mine.id }]);
});

test('a request without a token, or with one that is not good here, is 401', async ({ deployments: { tenant } }) => {
  const tokens = {
    none: undefined,
    'of another secret': tenant.sign({ secret: 'x'.repeat(64) }),
    expired: tenant.sign({ lifetime: -1_000 }),
    'of another realm': tenant.sign({ realm: realms.experiments }),
    'that is no token': 'abc',
  };
  for (const [name, token] of Object.entries(tokens)) {
    const answers = [
      tenant.call('/api/v1/deployments', { token }),
      tenant.call('/api/v1/deployments', { token, method: 'POST', body: { name: 'one', provider: 'probe' } }),
    ];
    for (const answer of answers) await expect(answer, name).toBeRefused(401, 'AUTHENTICATION_ERROR');
  }
});
