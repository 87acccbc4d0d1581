import { faultsOf } from '../fault.ts';
import { ofEveryTenant } from '../rewriting.ts';
import { accepting, acceptingAll } from '../tokens.ts';

const fault = faultsOf('deployments');

// A tenant sees and changes what is its own, and secrets are never shown.

export const deploymentsOfOthersAreUsed = fault(
  'access',
  'a tenant reads and changes its own deployments only',
  () => ({ mayUse: () => true }),
  "access.spec.ts › a tenant cannot read another tenant's deployment",
);

export const deploymentsOfOthersAreListed = fault(
  'deployments',
  "a list shows only the tenant's own deployments",
  ({ list }) => ({
    list(db, tenant, query) {
      return list.call(this, ofEveryTenant(db), tenant, query);
    },
  }),
  'access.spec.ts › a list shows a tenant no deployment of another',
);

export const forgedTokensManageDeployments = fault(
  'tokens',
  'a forged token is refused',
  acceptingAll,
  'access.spec.ts › a token that is forged, expired or for others is refused: deployment',
);

export const expiredTokensManageDeployments = fault(
  'tokens',
  'an expired token is refused',
  (tokens) => accepting(tokens, ({ code }) => code === 'FAST_JWT_EXPIRED'),
  'access.spec.ts › a token that is forged, expired or for others is refused: deployment',
);

export const tokensOfOtherPlatformsManageDeployments = fault(
  'tokens',
  'a token of another platform is refused',
  (tokens) => accepting(tokens, ({ code }) => code === 'FAST_JWT_INVALID_CLAIM_VALUE'),
  'access.spec.ts › a token that is forged, expired or for others is refused: deployment',
);

export const sensitiveValuesAreShown = fault(
  'secrecy',
  'a value that the schema calls sensitive is not shown',
  () => ({ show: (_schema, _type, values) => values }),
  'state.spec.ts › sensitive values are hidden in states and plans',
);

export const idsOfDeploymentsComeFromTheClock = fault(
  'ids',
  'deployments that are created in the same second have different ids',
  () => ({ next: () => `00000000-0000-4000-8000-${String(Math.floor(Date.now() / 1000)).padStart(12, '0')}` }),
  'provider-isolation.spec.ts › ConcurrentProviderAccess',
);
