import type { Claims } from '../../kernel/tokens.ts';

/** Who may use what. */
export interface Access {
  /** Whether somebody may use what belongs to a tenant. */
  mayUse(claims: Pick<Claims, 'tenant_id'>, owner: string): boolean;
  /** The tenant whose events and lists somebody gets. */
  scope(claims: Pick<Claims, 'tenant_id'>): string;
}

export const access: Access = {
  mayUse: ({ tenant_id }, owner) => tenant_id === owner,
  scope: ({ tenant_id }) => tenant_id,
};
