import { randomUUID } from 'node:crypto';
import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';

const circle = [task('a', {}, 'b'), task('b', {}, 'a')];

for (const [what, body, field] of [
  ['an unknown provider', { provider: 'nonsense' }, 'provider'],
  ['two resources with one address', { resources: [task('a'), task('a')] }, 'resources'],
  ['a dependency on an unknown resource', { resources: [task('a', {}, 'b')] }, 'resources'],
  ['resources that depend on each other', { resources: circle }, 'resources'],
  ['a resource that is named by a path', { resources: [task('../a')] }, 'resources'],
  ['a malformed name of a variable', { environment: { 'A=B': 'c' } }, 'environment'],
  ['an unknown property', { colour: 'blue' }, 'colour'],
  ['a deployment without a name', { name: '' }, 'name'],
  ['a config that is a list', { config: [] }, 'config'],
] as const)
  test(`${what} is 400 and creates nothing`, async ({ deployments }) => {
    const tenant = deployments.createTenant();
    const answer = await tenant.send('/api/v1/deployments', {
      method: 'POST',
      body: { name: 'one', provider: 'probe', ...body },
    });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
    expect(JSON.stringify(answer.body)).toContain(field);
    expect(await tenant.list()).toMatchObject({ total: 0 });
  });

test('an unknown deployment is 404, and one that is no id 400', async ({ deployments: { tenant } }) => {
  const unknown = `/api/v1/deployments/${randomUUID()}`;
  for (const [path, method] of [
    ['', 'GET'],
    ['/plan', 'POST'],
    ['', 'DELETE'],
    ['/operations/1', 'GET'],
    ['/logs', 'GET'],
    ['/schema', 'GET'],
  ] as const)
    await expect(tenant.call(unknown + path, { method }), `${method} ${path}`).toBeRefused(404, 'NOT_FOUND');
  await expect(tenant.get('..%2f..')).toBeRefused(400, 'VALIDATION_ERROR');
});

test('a resource that does not fit its schema is refused with what is wrong', async ({ createDeployment }) => {
  const deployment = await createDeployment();
  for (const [resource, code, words] of [
    [task('task', { colour: 'blue' }), 'UNKNOWN_ATTRIBUTE', 'colour'],
    [task('task', { duration_ms: 'long' }), 'INVALID_VALUE', 'duration_ms'],
    [task('task', { name: null }), 'INVALID_VALUE', 'name'],
    [task('task', { behaviour: 'dance' }), 'DIAGNOSTICS', 'behaviour'],
    [{ ...task('task'), type: 'probe_nothing' }, 'UNKNOWN_RESOURCE', 'probe_nothing'],
  ] as const) {
    await deployment.change({ resources: [resource] });
    const answer = await deployment.plan().catch((error: unknown) => error);
    expect(answer, words).toMatchObject({
      status: 502,
      body: { error: { code: 'PROVIDER_ERROR', details: { code } } },
    });
    expect(JSON.stringify((answer as { body: unknown }).body)).toContain(words);
  }
  expect((await deployment.get()).instance.launches, 'its process has outlived it').toBe(1);
});

test('a configuration that does not fit its schema is refused with what is wrong', async ({ createDeployment }) => {
  const deployment = await createDeployment({ config: { colour: 'blue' } });
  await expect(deployment.apply().result).rejects.toMatchObject({ code: 'UNKNOWN_ATTRIBUTE' });
  await deployment.configure({});
  await deployment.apply().result;
});

for (const [what, provider, environment, code] of [
  ['a program that is missing', 'missing', {}, 'NOT_A_PLUGIN'],
  ['a program that is no provider', 'script', { SCRIPT: 'echo Hello, world; exec sleep 60' }, 'NOT_A_PLUGIN'],
  ['a program that ends at once', 'script', { SCRIPT: 'echo I cannot >&2; exit 3' }, 'HANDSHAKE_DIED'],
  ['a protocol of another version', 'script', { SCRIPT: "echo '1|4|unix|/x|grpc|'; exec sleep 60" }, 'WRONG_PROTOCOL'],
  ['a socket that is not there', 'script', { SCRIPT: "echo '1|6|unix|/x|grpc|'; exec sleep 60" }, 'UNTRUSTED'],
] as const)
  test(`${what} fails the apply with ${code}, and leaves no process`, async ({ createDeployment, providers }) => {
    const deployment = await createDeployment({ provider, environment });
    await expect(deployment.apply().result).rejects.toMatchObject({ code });
    expect(await deployment.get()).toMatchObject({ status: 'failed', error: { code }, instance: { pid: null } });
    expect(providers.of(deployment)).toEqual([]);
    expect(providers.socketFolders.length, 'as many folders of sockets as processes').toBe(providers.all().length);
  });

test('a program that hangs before its handshake fails the apply in time, and is ended', async ({
  createDeployment,
  startManager,
}) => {
  const impatient = await startManager({ times: { launch: 300 } });
  const deployment = await createDeployment({
    tenant: impatient.tenant,
    provider: 'script',
    environment: { SCRIPT: 'exec sleep 60' },
  });
  await expect(deployment.apply().result).rejects.toMatchObject({ code: 'HANDSHAKE_TIMEOUT' });
  expect(impatient.processes.all()).toEqual([]);
  expect(impatient.processes.socketFolders).toEqual([]);
});

test('the OpenAPI document is open to everyone and names every operation', async ({ deployments: { tenant } }) => {
  const { status, body } = await tenant.send('/api/v1/openapi.json', { token: undefined });
  expect(status).toBe(200);
  expect(operationIds(body)).toEqual([
    'applyDeployment',
    'cancelOperation',
    'changeDeployment',
    'createDeployment',
    'destroyDeployment',
    'getDeployment',
    'getLogs',
    'getOperation',
    'getPlan',
    'getSchema',
    'health',
    'importResource',
    'listDeployments',
    'listOperations',
    'planDeployment',
  ]);
});

function operationIds(document: unknown): string[] {
  const { paths } = document as { paths: Record<string, Record<string, { operationId: string }>> };
  return Object.values(paths)
    .flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
    .toSorted();
}
