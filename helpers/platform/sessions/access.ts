import type { Claims } from '../kernel/tokens.ts';

/** Decides what users may do with sessions. */
export interface Access {
  /** Whether a user may use another user's session. */
  mayUse(
    claims: Pick<Claims, 'tenant_id' | 'user_id' | 'roles'>,
    owner: { readonly client: string; readonly user: string },
  ): boolean;
  /** Whether a user may see and change the members of a client. */
  mayManage(claims: Pick<Claims, 'tenant_id' | 'roles'>, client: string): boolean;
}

export const access: Access = {
  mayUse: ({ tenant_id: client, user_id: user, roles }, owner) =>
    client === owner.client && (user === owner.user || roles.includes('admin')),
  mayManage: ({ tenant_id: own, roles }, client) => own === client && roles.includes('admin'),
};
