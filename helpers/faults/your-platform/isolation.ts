import { setTimeout as delay } from 'node:timers/promises';
import { faultsOf } from '../fault.ts';
import { claimsOf } from './common.ts';
import type { TrackerParts } from './parts.ts';

const fault = faultsOf('your-platform');

// A tenant sees and changes what is its own, and whoever has no valid token nothing.

export const foreignTasksAreReadable = fault(
  'tasks',
  'a tenant reads its own tasks only',
  (tasks, { db }) => ({ find: (_, id) => db.asSystem((client) => tasks.find(client, id)) }),
  "tenants.spec.ts › a tenant cannot read another tenant's task",
);

export const taskListsAreUnfiltered = fault(
  'tasks',
  "a list shows the tenant's own tasks only",
  (tasks, { db }) => ({ list: (_, query) => db.asSystem((client) => tasks.list(client, query)) }),
  'tenants.spec.ts › a list shows a tenant no task of another',
);

export const foreignTasksAreChangeable = fault(
  'tasks',
  'a tenant changes its own tasks only',
  (tasks, { db }) => ({ change: (_, id, change) => db.asSystem((client) => tasks.change(client, id, change)) }),
  "tenants.spec.ts › a tenant cannot change another tenant's task",
);

export const foreignTasksAreRemovable = fault(
  'tasks',
  'a tenant removes its own tasks only',
  (tasks, { db }) => ({ remove: (_, id) => db.asSystem((client) => tasks.remove(client, id)) }),
  "tenants.spec.ts › a tenant cannot remove another tenant's task",
);

export const theTenantIsThatOfTheLastRequest = fault(
  'db',
  'requests of several tenants at the same time stay apart',
  (db) => {
    let current = '';
    return {
      async asTenant(tenant, work) {
        current = tenant;
        await delay(10); // whatever else a request waits for first
        return db.asTenant(current, work);
      },
    };
  },
  'tenants.spec.ts › requests of many tenants at the same time stay apart',
);

export const tasksAreListedWithoutAToken = fault(
  'access',
  'every operation needs a token',
  ({ isOpen }) => ({ isOpen: (route) => isOpen(route) || route === '/tasks' }),
  'tenants.spec.ts › a request without a token is refused',
);

export const expiredTokensOfTenantsAreAccepted = fault(
  'tokens',
  'an expired token is refused',
  (tokens) => accepting(tokens, ({ code }) => code === 'FAST_JWT_EXPIRED'),
  'tenants.spec.ts › a token that is forged, expired or for others is refused',
);

export const unsignedTokensAreAccepted = fault(
  'tokens',
  'a token without a signature is refused',
  (tokens) => accepting(tokens, (_, token) => token.endsWith('.')),
  'tenants.spec.ts › a token that is forged, expired or for others is refused',
);

/** Also accepts tokens that are refused for this reason. */
function accepting(
  tokens: TrackerParts['tokens'],
  isReason: (error: { readonly code?: string }, token: string) => boolean,
): TrackerParts['tokens'] {
  return {
    verify(token) {
      try {
        return tokens.verify(token);
      } catch (error) {
        if (!isReason(error as { readonly code?: string }, token)) throw error;
        return claimsOf(token);
      }
    },
  };
}
