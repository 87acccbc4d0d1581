import { once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { createSigner } from 'fast-jwt';
import { expect, test as base } from '../../fixtures/index.ts';
import { fallSilent, request, type Tenant, UpdatesClient } from '../../helpers/clients/index.ts';
import { generatorToken } from '../../helpers/platform/experiments/controller/generator.ts';
import { defaultRequestTimes } from '../../helpers/lib/http-limits.ts';
import {
  type LocalPlatform,
  type PlatformOptions,
  startPlatform,
  stateSchema,
} from '../../helpers/platform/experiments/platform.ts';
import { realms } from '../../helpers/platform/kernel/realms.ts';
import { RunFolder } from '../../helpers/run/index.ts';

const test = base.extend<{
  /** Starts an additional platform with a state of its own, which ends with the test. Costs about a second. */
  openAnother: (options?: Pick<PlatformOptions, 'limits' | 'times'>) => Promise<LocalPlatform>;
}>({
  openAnother: async (
    { _configuration: { run }, internals: { clickhouse }, _platformCode: { code, decoration }, _postgresWorker },
    use,
    { workerIndex },
  ) => {
    const folder = new RunFolder(run!);
    const close: (() => PromiseLike<unknown>)[] = [];
    await use(async (options) => {
      const state = await _postgresWorker.lease(
        { schema: stateSchema, dataset: 'empty', isolation: 'database' },
        'worker',
      );
      close.unshift(() => state.end({ keep: false }));
      const another = await startPlatform({
        stores: Promise.resolve({ postgres: state.database.url, clickhouse: clickhouse.url }),
        ...options,
        code,
        decoration,
        mark: `${folder.path}/another-platform-of-${process.pid}`,
        record: (name, pid) => folder.recordProcess(`platform-${workerIndex}-another-${name}`, pid),
      });
      close.unshift(() => another[Symbol.asyncDispose]());
      return another;
    });
    for (const end of close) await end(); // the platform before its database
  },
});

const odd = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.string(),
  fc.constantFrom('\0', '\ud800', 'x'.repeat(3_000), '__proto__'),
  fc.array(fc.anything(), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.anything(), { maxKeys: 3 }),
  fc.constantFrom([], [null], ['admin', 7], [['admin']], { admin: true }),
);

test('a signed token with arbitrary claims breaks nothing', async ({ tenant, platform: { url, secret } }) => {
  test.setTimeout(120_000);
  const good = { user_id: 'ana', email: 'ana@example.com', roles: ['admin'], tenant_id: tenant.id };
  const names = fc.constantFrom<keyof typeof good>('user_id', 'email', 'roles', 'tenant_id');
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, odd, { minKeys: 1, maxKeys: 4 }), async (claims) => {
      const token = signed({ ...good, ...claims }, secret);
      for (const [method, path] of [
        ['GET', '/api/v1/experiments'],
        ['DELETE', '/api/v1/tenants/somebody-else'],
      ] as const) {
        const { status } = await request(url, path, { method, token });
        expect([200, 401, 403, 431], `${method} ${path} with ${JSON.stringify(claims)}`).toContain(status);
      }
      await using updates = await UpdatesClient.connect(url);
      const answer = await updates.authenticate(token);
      expect(
        answer.type === 'authenticated' || (answer.type === 'error' && answer.error.code === 'AUTHENTICATION_ERROR'),
        JSON.stringify(answer),
      ).toBe(true);
    }),
    { numRuns: 25, seed: test.info().repeatEachIndex + 1 },
  );
});

for (const [name, roles] of Object.entries({
  none: undefined,
  null: null,
  'a text': 'admin',
  'an object': { admin: true },
  'a list of lists': [['admin']],
})) {
  test(`a token whose roles are ${name} is refused by every service that takes tokens`, async ({
    tenant,
    platform: { url, secret },
    inside,
  }) => {
    const token = signed({ user_id: 'ana', email: 'ana@example.com', roles, tenant_id: tenant.id }, secret);
    expect(await request(url, `/api/v1/tenants/${tenant.id}`, { method: 'DELETE', token })).toMatchObject({
      status: 401,
      body: { error: { code: 'AUTHENTICATION_ERROR' } },
    });
    await using updates = await UpdatesClient.connect(url);
    expect(await updates.authenticate(token)).toMatchObject({ type: 'error', error: { code: 'AUTHENTICATION_ERROR' } });
    expect(await updates.waitForClose()).toMatchObject({ code: 4401 });
    await inside('the config generator too', async ({ generatorUrl }) => {
      const own = signed(
        { user_id: 'ana', email: 'ana@example.com', roles, tenant_id: tenant.id },
        secret,
        realms.generator,
      );
      expect(await request(generatorUrl, '/api/v1/templates', { token: own })).toMatchObject({ status: 401 });
    });
  });
}

test('a token with an empty list of roles removes nothing', async ({ tenant, platform: { url } }) => {
  expect(
    await request(url, `/api/v1/tenants/${tenant.id}`, {
      method: 'DELETE',
      token: tenant.sign({ claims: { roles: [] } }),
    }),
  ).toMatchObject({ status: 403, body: { error: { code: 'AUTHORIZATION_ERROR' } } });
});

test('the config generator answers only its controller', async ({
  tenant,
  internals: { generatorUrl },
  platform: { secret },
}) => {
  for (const token of [undefined, 'guessed', tenant.token, generatorToken('the secret of another platform')]) {
    for (const [method, path] of [
      ['GET', '/api/v1/templates'],
      ['POST', '/api/v1/generate'],
      ['GET', '/'],
    ] as const) {
      expect(await request(generatorUrl, path, { method, token }), `${method} ${path}`).toMatchObject({ status: 401 });
    }
  }
  expect(await request(generatorUrl, '/api/v1/templates', { token: generatorToken(secret) })).toMatchObject({
    status: 200,
  });
});

test('a connection without a complete request is closed', async ({ openAnother }) => {
  const { url, generatorUrl } = await openAnother({ times: { request: { head: 500, request: 1_000 } } });
  for (const silence of await Promise.all([url, generatorUrl].map(fallSilent)))
    expect(silence).toBeLessThan(defaultRequestTimes.head);
});

test("a platform refuses another platform's tokens", async ({ openAnother, tenant, platform }) => {
  const another = await openAnother();
  const foreign = tenant.sign({ secret: another.secret });
  for (const [url, own, other] of [
    [platform.url, tenant.token, foreign],
    [another.url, foreign, tenant.token],
  ] as const) {
    expect(await request(url, '/api/v1/experiments', { token: own }), 'its own').toMatchObject({ status: 200 });
    expect(await request(url, '/api/v1/experiments', { token: other }), "the other's").toMatchObject({
      status: 401,
      body: { error: { code: 'AUTHENTICATION_ERROR' } },
    });
    await using updates = await UpdatesClient.connect(url);
    expect(await updates.authenticate(other)).toMatchObject({ type: 'error', error: { code: 'AUTHENTICATION_ERROR' } });
  }
  expect(
    await request(another.generatorUrl, '/api/v1/templates', { token: generatorToken(another.secret) }),
  ).toMatchObject({ status: 200 });
  expect(
    await request(another.generatorUrl, '/api/v1/templates', { token: generatorToken(platform.secret) }),
  ).toMatchObject({ status: 401 });
});

const elsewhere = 'A platform that is deployed elsewhere has limits of its own.';

test.describe('login attempts', () => {
  test.skip(process.platform !== 'linux', 'Only Linux gives every machine many addresses of its own.');

  test('login attempts from one address are limited, whatever the account', async ({ openAnother }) => {
    const most = 20;
    const { url } = await openAnother({ limits: { addressLoginsPerMinute: most } });
    const [address, other] = [randomAddress(), randomAddress()];
    const attempts = await Promise.all(
      Array.from({ length: most }, (_unused, number) => login(url, address, `account-${number}@example.com`)),
    );
    expect(
      attempts.filter(({ status }) => status !== 401),
      'refused before its time',
    ).toEqual([]);
    expect(await login(url, address, 'one-more@example.com'), 'beyond the limit of the address').toMatchObject({
      status: 429,
      body: { error: { code: 'RATE_LIMIT_EXCEEDED', details: { limit: most } } },
    });
    expect(await login(url, other, 'one-more@example.com'), 'from another address').toMatchObject({ status: 401 });
  });

  test('login attempts for one account are limited, whatever the address', async ({
    tenant,
    platform: { url, local },
  }) => {
    test.skip(local === undefined, elsewhere);
    const account = accountOf(tenant);
    for (let attempt = 0; attempt < 10; attempt++)
      expect(await login(url, randomAddress(), account)).toMatchObject({ status: 401 });
    expect(await login(url, randomAddress(), account), 'beyond the limit of the account').toMatchObject({
      status: 429,
      body: { error: { code: 'RATE_LIMIT_EXCEEDED', details: { limit: 10 } } },
    });
    expect(await login(url, randomAddress(), account.toUpperCase()), 'in other letters').toMatchObject({ status: 429 });
  });
});

/** Signs any claims with the platform's algorithm. */
function signed(
  claims: object,
  secret: string,
  { issuer, audience }: (typeof realms)[keyof typeof realms] = realms.experiments,
): string {
  return createSigner({ key: secret, algorithm: 'HS256', iss: issuer, aud: audience, expiresIn: 60_000 })(
    claims as Record<string, unknown>,
  );
}

function accountOf({ id }: Tenant): string {
  return `one-account-${test.info().testId}-${test.info().repeatEachIndex}-of-${id}@example.com`;
}

/** A random loopback address (RFC 1122, section 3.2.1.3). */
function randomAddress(): string {
  const byte = (): number => 1 + Math.floor(Math.random() * 254);
  return `127.${byte()}.${byte()}.${byte()}`;
}

async function login(url: string, localAddress: string, email: string): Promise<{ status: number; body: unknown }> {
  const asked = httpRequest(new URL('/api/v1/auth/login', url), {
    method: 'POST',
    localAddress,
    agent: new Agent(),
    headers: { 'content-type': 'application/json' },
  });
  asked.end(JSON.stringify({ email, password: 'guessed' }));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, body: JSON.parse(await text(response)) as unknown };
}
