import type { Claims } from './tokens.ts';

/** Decides what a user may access. */
export interface Access {
  /** Whether a user may access what belongs to a tenant. */
  mayUse(claims: Pick<Claims, 'tenant_id'>, owner: string): boolean;
  /** The tenant whose events and lists a user receives. */
  scope(claims: Pick<Claims, 'tenant_id'>): string;
}

export const access: Access = {
  mayUse: ({ tenant_id }, owner) => tenant_id === owner,
  scope: ({ tenant_id }) => tenant_id,
};
