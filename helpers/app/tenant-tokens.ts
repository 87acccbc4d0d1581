import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { Algorithm } from 'fast-jwt';
import { EnvironmentUnavailable, messageOf } from '../lib/environment.ts';
import { UsageError } from '../lib/usage.ts';
import type { KeyTokens, SecretTokens, SigningKey } from './options.ts';
import type { AppTenant, ForgedToken, TokenVariation } from './tenant.ts';

const hour = 3_600_000;
const minute = 60_000;

/** What a token is signed by, and what it says. */
export interface Signing {
  sign(
    algorithm: string,
    key: string,
    keyId: string | undefined,
    claims: Readonly<Record<string, unknown>>,
  ): Promise<string>;
  /** When a token is issued and expires, in seconds since 1970. */
  times(lifetime: number): { readonly iat: number; readonly exp: number };
}

export const signing: Signing = {
  async sign(algorithm, key, keyId, claims) {
    const { createSigner } = await import('fast-jwt'); // loaded only when used
    const kid = keyId === undefined ? {} : { kid: keyId };
    return createSigner({ key, algorithm: algorithm as Algorithm, ...kid })({ ...claims });
  },
  times(lifetime) {
    const exp = Math.floor((Date.now() + lifetime) / 1000);
    return { iat: Math.min(Math.floor(Date.now() / 1000), exp - minute / 1000), exp };
  },
};

/** A tenant's token by the key of the declaration. @throws UsageError when the claims' function throws. */
export async function signedToken(
  { algorithm, claims = defaultClaims, lifetime = hour, keyId, ...keys }: SecretTokens | KeyTokens,
  tenant: AppTenant,
  variation: TokenVariation,
  parts: Signing,
): Promise<string> {
  const own = 'secret' in keys ? keys.secret : (keys as KeyTokens).privateKey;
  const key = variation.foreignKey === true ? foreignKey(algorithm) : own;
  const said = await inOneSentence(`The function 'claims' of tokens threw for the tenant '${tenant.name}'`, () =>
    claims(tenant),
  );
  const payload = { ...parts.times(variation.lifetime ?? lifetime), ...said, ...variation.claims };
  return inOneSentence(`The token of the tenant '${tenant.name}' cannot be signed`, () =>
    parts.sign(algorithm, key, keyId, payload),
  );
}

/** Signs what a token says that was given by the platform. @throws UsageError when it is no JSON Web Token. */
export function signedLike(genuine: string, key: SigningKey): SecretTokens | KeyTokens {
  const jwt = decoded(genuine);
  if (jwt === undefined)
    throw new UsageError("appOptions.tokens.signedBy is of no use: what 'signIn' returned is no JSON Web Token.");
  const said = Object.entries(jwt.payload).filter(([claim]) => claim !== 'iat' && claim !== 'exp');
  const { kid } = jwt.header as { readonly kid?: string };
  return { ...key, claims: () => Object.fromEntries(said), ...(kid === undefined ? {} : { keyId: kid }) };
}

/** Tokens by the declaration's key that have to be refused. */
export async function forgedWithKey(
  tokens: SecretTokens | KeyTokens,
  tenant: AppTenant,
  genuine: string,
  parts: Signing,
): Promise<ForgedToken[]> {
  const signed = async (name: string, variation: TokenVariation): Promise<ForgedToken> => ({
    name,
    token: await signedToken(tokens, tenant, variation, parts),
  });
  const { payload } = decoded(genuine)!;
  const stranger = `https://${randomUUID()}.example.com`;
  return [
    await signed('expired', { lifetime: -minute }),
    await signed('of another key', { foreignKey: true }),
    ...('iss' in payload ? [await signed('of another issuer', { claims: { iss: stranger } })] : []),
    ...('aud' in payload ? [await signed('of another audience', { claims: { aud: stranger } })] : []),
    ...forgedWithoutKey(genuine),
  ];
}

/** Tokens that need no key, and have to be refused. */
export function forgedWithoutKey(genuine: string): ForgedToken[] {
  const jwt = decoded(genuine);
  const none = { name: 'no JSON Web Token', token: 'let-me-in' };
  if (jwt === undefined)
    return [none, { name: 'changed', token: `${genuine.slice(0, -2)}${genuine.endsWith('A') ? 'b' : 'A'}` }];
  const [head, , signature] = genuine.split('.');
  const unsigned = { ...jwt.header, alg: 'none' };
  return [
    none,
    { name: 'alg: none', token: `${encoded(unsigned)}.${encoded(jwt.payload)}.` },
    {
      name: 'changed after it was signed',
      token: `${head}.${encoded({ ...jwt.payload, changed: true })}.${signature}`,
    },
  ];
}

function defaultClaims({ id, userId }: AppTenant): Readonly<Record<string, unknown>> {
  return { sub: userId, tenant_id: id };
}

const foreignKeys = new Map<string, string>();

/** A key of the same kind that the platform does not know; an RSA key takes some 100 ms to make. */
function foreignKey(algorithm: string): string {
  const known = foreignKeys.get(algorithm) ?? makeKey(algorithm);
  foreignKeys.set(algorithm, known);
  return known;
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function makeKey(algorithm: string): string {
  if (algorithm.startsWith('HS')) return randomBytes(64).toString('hex');
  const namedCurve = curves[algorithm];
  const { privateKey } =
    algorithm === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : namedCurve === undefined
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

interface Jwt {
  readonly header: object;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Undefined for a token of another kind. */
function decoded(token: string): Jwt | undefined {
  try {
    const [header, payload] = token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>);
    return header === undefined || payload === undefined ? undefined : { header, payload };
  } catch {
    return undefined;
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

async function inOneSentence<T>(sentence: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EnvironmentUnavailable) throw error;
    throw new UsageError(`${sentence}: ${messageOf(error)}`);
  }
}
