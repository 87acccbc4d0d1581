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
  return signToken(
    {
      user_id: `user-of-${tenant}`,
      email: `${tenant}@example.com`,
      roles: ['admin'],
      tenant_id: tenant,
      ...claims,
    },
    secret,
    lifetime,
    realm,
  );
}
