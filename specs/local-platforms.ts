// The local platforms as the option `appOptions` takes them: what of this worker answers, and the tokens that it takes.
import { declaredBy } from '../fixtures/app-declaration.ts';
import type { DeploymentFixtures } from '../fixtures/deployments.ts';
import type { PlatformFixtures } from '../fixtures/platform.ts';
import { tokensOf } from '../helpers/clients/tenant-claims.ts';
import { realms } from '../helpers/platform/kernel/realms.ts';

export const experimentPlatform = declaredBy(
  async ({ platform: { url, secret } }: Pick<PlatformFixtures['worker'], 'platform'>, use) => {
    await use({
      urls: { gateway: url },
      tokens: tokensOf(secret, realms.experiments),
      removeTenant: (as, { id }) => as.delete(`/api/v1/tenants/${id}`),
    });
  },
);

export const deploymentPlatform = declaredBy(
  async ({ deployments: { url, secret } }: Pick<DeploymentFixtures['worker'], 'deployments'>, use) => {
    await use({ urls: { manager: url }, tokens: tokensOf(secret, realms.deployments) });
  },
);
