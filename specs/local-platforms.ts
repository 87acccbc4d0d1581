// The local platforms as the option `appOptions` takes them: what of this worker answers, and the tokens that it takes.
import { declaredBy } from '../fixtures/app-declaration.ts';
import type { DeploymentFixtures } from '../fixtures/deployments.ts';
import type { PlatformFixtures } from '../fixtures/platform.ts';
import { tokensOf } from '../helpers/clients/tenant-token.ts';
import { realms } from '../helpers/platform/kernel/tokens.ts';

export const experimentPlatform = declaredBy<Pick<PlatformFixtures['worker'], 'platform'>>(
  async ({ platform: { url, secret } }, use) => {
    await use({ urls: { gateway: url }, tokens: tokensOf(secret, realms.experiments) });
  },
);

export const deploymentPlatform = declaredBy<Pick<DeploymentFixtures['worker'], 'deployments'>>(
  async ({ deployments: { url, secret } }, use) => {
    await use({ urls: { manager: url }, tokens: tokensOf(secret, realms.deployments) });
  },
);
