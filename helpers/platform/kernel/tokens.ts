import { Ajv } from 'ajv';
import { createSigner, createVerifier } from 'fast-jwt';
import { Type } from 'typebox';
import { formats } from './http/formats.ts';

/**
 * Who signs tokens, and for whom they are: a token of one realm opens nothing in another, whatever it is signed with.
 */
export interface Realm {
  readonly issuer: string;
  readonly audience: string;
}

export const realms = {
  experiments: { issuer: 'phoenix-platform', audience: 'experiments' },
  /** The config generator, which serves the controller alone. */
  generator: { issuer: 'phoenix-platform', audience: 'config-generator' },
  sessions: { issuer: 'hermes', audience: 'sessions' },
} as const satisfies Readonly<Record<string, Realm>>;

/** What a token says of who holds it (JSON Web Token, RFC 7519). */
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

/** Tells a token of ours from any other. */
export interface TokenVerifier {
  /** @throws Error when the token is not ours, or is so no more, or does not say what {@link SignedClaims} has. */
  verify(token: string): SignedClaims;
}

/** A token that is signed as it should be, and does not say what it has to. */
export class ClaimsError extends Error {}

const Name = Type.String({ minLength: 1, maxLength: 200, format: 'words' });
const isSignedClaims = new Ajv({ strict: false, formats }).compile<SignedClaims>(
  Type.Object({
    user_id: Name,
    email: Type.String({ minLength: 1, maxLength: 254, format: 'words' }),
    roles: Type.Array(Name, { maxItems: 100 }),
    tenant_id: Name,
    // the end of the year 9999, the last that a date can say in four digits
    exp: Type.Number({ minimum: 0, maximum: 253_402_300_799 }),
  }),
);

/** Signs with HMAC SHA-256, for so many milliseconds (may be negative: then it has expired already). */
export function signToken(claims: Claims, secret: string, lifetime: number, { issuer, audience }: Realm): string {
  return createSigner({ key: secret, algorithm: 'HS256', iss: issuer, aud: audience, noTimestamp: true })({
    ...claims,
    exp: Math.floor((Date.now() + lifetime) / 1000),
  });
}

/** Verifies the tokens of a realm that are signed with a secret. */
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
