import type { Realm } from '../platform/kernel/realms.ts';
import { administratorOf } from './tenant-claims.ts';
import { type Claims, signToken } from '../platform/kernel/tokens.ts';

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
