import type { Claims } from '../kernel/tokens.ts';

/** Who may do what with whose session. */
export interface Access {
  /** Whether somebody may use a user's session. */
  mayUse(
    claims: Pick<Claims, 'tenant_id' | 'user_id' | 'roles'>,
    owner: { readonly client: string; readonly user: string },
  ): boolean;
  /** Whether somebody may see and change who belongs to a client. */
  mayManage(claims: Pick<Claims, 'tenant_id' | 'roles'>, client: string): boolean;
}

export const access: Access = {
  mayUse: ({ tenant_id: client, user_id: user, roles }, owner) =>
    client === owner.client && (user === owner.user || roles.includes('admin')),
  mayManage: ({ tenant_id: own, roles }, client) => own === client && roles.includes('admin'),
};
