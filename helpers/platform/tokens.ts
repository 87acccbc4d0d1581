import { createSigner, createVerifier } from 'fast-jwt';

export const issuer = 'phoenix-platform';

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
  /** @throws Error when the token is not ours, or is so no more. */
  verify(token: string): SignedClaims;
}

/** Signs with HMAC SHA-256, for so many milliseconds (may be negative: then it has expired already). */
export function signToken(claims: Claims, secret: string, lifetime: number, iss = issuer): string {
  return createSigner({ key: secret, algorithm: 'HS256', iss, noTimestamp: true })({ ...claims, exp: Math.floor((Date.now() + lifetime) / 1000) });
}

export function tokenVerifier(secret: string): TokenVerifier {
  const verify = createVerifier({ key: secret, algorithms: ['HS256'], allowedIss: issuer, requiredClaims: ['exp', 'iss', 'tenant_id', 'user_id'], cache: 1000 });
  return { verify: (token) => verify(token) as SignedClaims };
}
