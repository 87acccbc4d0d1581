import { Ajv } from 'ajv';
import { createSigner, createVerifier } from 'fast-jwt';
import { Type } from 'typebox';
import { formats } from './http/formats.ts';

/** A token's issuer and audience: a token of one realm is refused in others, even with the same secret. */
export interface Realm {
  readonly issuer: string;
  readonly audience: string;
}

export const realms = {
  experiments: { issuer: 'phoenix-platform', audience: 'experiments' },
  /** The config generator, which serves only the controller. */
  generator: { issuer: 'phoenix-platform', audience: 'config-generator' },
  sessions: { issuer: 'hermes', audience: 'sessions' },
} as const satisfies Readonly<Record<string, Realm>>;

/** A token's statements about its holder (JSON Web Token, RFC 7519). */
export interface Claims {
  readonly user_id: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly tenant_id: string;
}

export interface SignedClaims extends Claims {
  /** Seconds since 1970. */
  readonly exp: number;
}

/** Verifies the platform's tokens. */
export interface TokenVerifier {
  /** @throws Error when the token is foreign, has expired, or lacks a part of {@link SignedClaims}. */
  verify(token: string): SignedClaims;
}

/** A correctly signed token with invalid or missing claims. */
export class ClaimsError extends Error {}

const Name = Type.String({ minLength: 1, maxLength: 200, format: 'words' });
const isSignedClaims = new Ajv({ strict: false, formats }).compile<SignedClaims>(
  Type.Object({
    user_id: Name,
    email: Type.String({ minLength: 1, maxLength: 254, format: 'words' }),
    roles: Type.Array(Name, { maxItems: 100 }),
    tenant_id: Name,
    // The end of the year 9999, the last with four digits.
    exp: Type.Number({ minimum: 0, maximum: 253_402_300_799 }),
  }),
);

/** Signs with HMAC SHA-256, valid for `lifetime` milliseconds (negative for an expired token). */
export function signToken(claims: Claims, secret: string, lifetime: number, { issuer, audience }: Realm): string {
  return createSigner({ key: secret, algorithm: 'HS256', iss: issuer, aud: audience, noTimestamp: true })({
    ...claims,
    exp: Math.floor((Date.now() + lifetime) / 1000),
  });
}

/** Returns verifiers for the tokens of a realm, by secret. */
export function tokenVerifier({ issuer, audience }: Realm): (secret: string) => TokenVerifier {
  return (secret) => {
    const verify = createVerifier({
      key: secret,
      algorithms: ['HS256'],
      allowedIss: issuer,
      allowedAud: audience,
      requiredClaims: ['exp', 'iss', 'aud'],
      cache: 1000,
    });
    return {
      verify(token) {
        const claims: unknown = verify(token);
        if (!isSignedClaims(claims)) throw new ClaimsError('The token does not say who holds it');
        return claims;
      },
    };
  };
}
