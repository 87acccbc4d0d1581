import { createSigner } from 'fast-jwt';
import type { Realm } from './realms.ts';

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

/** A correctly signed token with invalid or missing claims. */
export class ClaimsError extends Error {}

/** Signs with HMAC SHA-256, valid for `lifetime` milliseconds (negative for an expired token). */
export function signToken(claims: Claims, secret: string, lifetime: number, { issuer, audience }: Realm): string {
  return createSigner({ key: secret, algorithm: 'HS256', iss: issuer, aud: audience, noTimestamp: true })({
    ...claims,
    exp: Math.floor((Date.now() + lifetime) / 1000),
  });
}
