import type { SecretTokens } from '../app/options.ts';
import { type Claims, type Realm, signToken } from '../platform/kernel/tokens.ts';

const hour = 3_600_000;

export interface TokenOptions {
  /** Issuer and audience. */
  readonly realm: Realm;
  /** The signing key. */
  readonly secret: string;
  readonly claims?: Partial<Claims>;
  /** Milliseconds until it expires; default an hour. Negative for an expired token. */
  readonly lifetime?: number;
}

/** Signs a token of a tenant, valid or deliberately wrong. */
export function signFor(tenant: string, { claims, lifetime = hour, realm, secret }: TokenOptions): string {
  return signToken({ ...administratorOf(tenant), ...claims }, secret, lifetime, realm);
}

/** The tokens of a realm, as a declaration of `app` has them. */
export function tokensOf(secret: string, { issuer, audience }: Realm): SecretTokens {
  const claims: SecretTokens['claims'] = ({ id }) => ({ ...administratorOf(id), iss: issuer, aud: audience });
  return { algorithm: 'HS256', secret, claims };
}

function administratorOf(tenant: string): Claims {
  return { user_id: `user-of-${tenant}`, email: `${tenant}@example.com`, roles: ['admin'], tenant_id: tenant };
}
