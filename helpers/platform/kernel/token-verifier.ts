import { Ajv } from 'ajv';
import { createVerifier } from 'fast-jwt';
import { Type } from 'typebox';
import { formats } from './http/formats.ts';
import type { Realm } from './realms.ts';
import { ClaimsError, type SignedClaims } from './tokens.ts';

/** Verifies the platform's tokens. */
export interface TokenVerifier {
  /** @throws Error when the token is foreign, has expired, or lacks a part of {@link SignedClaims}. */
  verify(token: string): SignedClaims;
}

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
