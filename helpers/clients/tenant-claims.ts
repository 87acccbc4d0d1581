import type { SecretTokens } from '../app/options.ts';
import type { Realm } from '../platform/kernel/realms.ts';
import type { Claims } from '../platform/kernel/tokens.ts';

/** The tokens of a realm, as a declaration of `app` has them. */
export function tokensOf(secret: string, { issuer, audience }: Realm): SecretTokens {
  const claims: SecretTokens['claims'] = ({ id }) => ({ ...administratorOf(id), iss: issuer, aud: audience });
  return { algorithm: 'HS256', secret, claims };
}

/** What a tenant's token says. */
export function administratorOf(tenant: string): Claims {
  return { user_id: `user-of-${tenant}`, email: `${tenant}@example.com`, roles: ['admin'], tenant_id: tenant };
}
