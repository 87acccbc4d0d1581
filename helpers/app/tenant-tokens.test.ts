import { generateKeyPairSync } from 'node:crypto';
import { createSigner, createVerifier } from 'fast-jwt';
import { expect, test as base } from '../testing/index.ts';
import type { TokenDeclaration } from './options.ts';
import { Tenants } from './tenants.ts';

interface TokenFixtures {
  /** The tenants of a declaration, whose only service has printed one line. */
  tenants: (tokens: TokenDeclaration<string> | undefined) => Tenants<string>;
}

const test = base.extend<TokenFixtures>({
  tenants: async ({ _appParts: app }, use) => {
    await use(
      (tokens) =>
        new Tenants({
          tokens,
          request: () => Promise.resolve('a request context'),
          about: (sentence) => `${sentence} The last line of api:\n  down`,
          signing: app.signing,
        }),
    );
  },
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: typeof rsa.publicKey): string =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const claims = ({ id, userId }: { id: string; userId: string }) => ({ sub: userId, org: id, iss: 'us', aud: 'them' });

const kinds = [
  { tokens: { algorithm: 'HS256', secret: 'secret', claims }, key: 'secret' },
  { tokens: { algorithm: 'RS256', privateKey: pem(rsa.privateKey), claims }, key: pem(rsa.publicKey) },
  { tokens: { algorithm: 'ES256', privateKey: pem(curve.privateKey), claims }, key: pem(curve.publicKey) },
] as const;

for (const { tokens, key } of kinds) {
  const { algorithm } = tokens;
  test(`a token by ${algorithm} says what is declared, and every forged one is wrong`, async ({ tenants }) => {
    const verify = createVerifier({ key, algorithms: [algorithm], allowedIss: 'us', allowedAud: 'them' });
    const [ana, ben] = ['ana', 'ben'].map((name) => tenants(tokens).create(name));
    const said = verify(await ana!.token()) as { sub: string; org: string; iat: number; exp: number };
    expect(said).toMatchObject({ sub: ana!.userId, org: ana!.id });
    expect(said.exp - Date.now() / 1000).toBeGreaterThan(3_500);
    expect(said.iat).toBeLessThanOrEqual(Date.now() / 1000);
    expect(await ana!.token()).toBe(await ana!.token());
    expect(verify(await ben!.token())).toMatchObject({ org: ben!.id });

    const forged = await ana!.forgedTokens();
    expect(forged.map(({ name }) => name)).toEqual([
      'expired',
      'of another key',
      'of another issuer',
      'of another audience',
      'no JSON Web Token',
      'alg: none',
      'changed after it was signed',
    ]);
    for (const { name, token } of forged) expect(() => verify(token) as unknown, name).toThrow();
    const codes = forged.map(({ token }) => codeOf(() => verify(token) as unknown));
    expect(codes.slice(0, 4)).toEqual(['EXPIRED', 'INVALID_SIGNATURE', 'INVALID_CLAIM_VALUE', 'INVALID_CLAIM_VALUE']);
  });
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code.replace('FAST_JWT_', '');
  }
}

test('a variation replaces and removes claims', async ({ tenants }) => {
  const verify = createVerifier({ key: 'secret' });
  const ana = tenants(kinds[0].tokens).create('ana');
  const said = verify(await ana.token({ claims: { org: 'another', iss: undefined }, lifetime: 5_000 })) as object;
  expect(said).toMatchObject({ sub: ana.userId, org: 'another' });
  expect(said).not.toHaveProperty('iss');
});

test('a sign-in is asked once for each tenant, and forged tokens need no key', async ({ tenants }) => {
  const asked: string[] = [];
  const signIn = ({ tenant, request }: { tenant: { name: string }; request: string }): string => {
    asked.push(`${tenant.name} by ${request}`);
    return 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl';
  };
  const ana = tenants({ signIn }).create('ana');
  await ana.token();
  expect((await ana.forgedTokens()).map(({ name }) => name)).toEqual([
    'no JSON Web Token',
    'alg: none',
    'changed after it was signed',
  ]);
  expect(asked).toEqual(['ana by a request context']);
});

test('with the key that a platform signs by, its tokens are forged in every way', async ({ tenants }) => {
  const genuine = createSigner({ key: 'secret' })({ sub: 'ana', iss: 'us', exp: Math.floor(Date.now() / 1000) + 60 });
  const signedBy = { algorithm: 'HS256', secret: 'secret' } as const;
  const ana = tenants({ signIn: () => genuine, signedBy }).create('ana');
  const verify = createVerifier({ key: 'secret', allowedIss: 'us', requiredClaims: ['exp'] });
  const forged = new Map((await ana.forgedTokens()).map(({ name, token }) => [name, token]));
  expect([...forged.keys()]).toEqual(expect.arrayContaining(['expired', 'of another key', 'of another issuer']));
  expect(codeOf(() => verify(forged.get('expired')!) as unknown)).toBe('EXPIRED');
  expect(codeOf(() => verify(forged.get('of another issuer')!) as unknown)).toBe('INVALID_CLAIM_VALUE');
  expect(verify(await ana.token({ claims: { role: 'guest' } }))).toMatchObject({ sub: 'ana', role: 'guest' });
});

test('a tenant is registered once, before its token is made', async ({ _appParts: { signing } }) => {
  const did: string[] = [];
  const ana = new Tenants({
    tokens: { signIn: ({ tenant }) => `${did.push(`${tenant.name} signs in`)}` },
    register: (tenant) => did.push(`${tenant.name} is registered`),
    request: () => Promise.resolve('a request context'),
    about: (sentence) => sentence,
    signing,
  }).create('ana');
  await Promise.all([ana.token(), ana.forgedTokens()]);
  expect(did).toEqual(['ana is registered', 'ana signs in']);
});

test('an opaque token has two forged forms', async ({ tenants }) => {
  const opaque = tenants({ signIn: () => 'opaque-token' }).create();
  const forged = await opaque.forgedTokens();
  expect(forged.map(({ name }) => name)).toEqual(['no JSON Web Token', 'changed']);
  expect(forged.map(({ token }) => token)).not.toContain('opaque-token');
});

const throws = (): never => {
  throw new Error('it is closed');
};
const lastLine = ' The last line of api:\n  down';

const wrong: readonly {
  readonly title: string;
  readonly tokens: TokenDeclaration<string> | undefined;
  readonly error: string;
}[] = [
  {
    title: 'a sign-in that throws',
    tokens: { signIn: throws },
    error: `The function 'signIn' of tokens threw for the tenant 'ana': it is closed.${lastLine}`,
  },
  {
    title: 'a sign-in without a token',
    tokens: { signIn: () => '' },
    error: `The function 'signIn' of tokens returned "" for 'ana', and no token.${lastLine}`,
  },
  {
    title: 'claims that throw',
    tokens: { algorithm: 'HS256', secret: 'x', claims: throws },
    error: "The function 'claims' of tokens threw for the tenant 'ana': it is closed",
  },
  {
    title: 'a key of another kind',
    tokens: { algorithm: 'ES256', privateKey: pem(rsa.privateKey) },
    error: "The token of the tenant 'ana' cannot be signed: Invalid private key provided for algorithm ES256.",
  },
  {
    title: 'no tokens at all',
    tokens: undefined,
    error: "The tenant 'ana' has no token: appOptions has no 'tokens' that says how one is made.",
  },
];

for (const { title, tokens, error } of wrong) {
  test(`${title} is reported in one sentence`, async ({ tenants }) => {
    await expect(tenants(tokens).create('ana').token()).rejects.toThrow(error);
  });
}
