import type { ProviderProgram } from '../terraform/index.ts';

/** Programs that a manager under test may start beside the real providers. */
export const oddProviders = {
  /** Runs the deployment's variable SCRIPT by `sh`: whatever a program may do that is no provider. */
  script: { name: 'script', command: '/bin/sh', args: ['-c', 'eval "$SCRIPT"'] },
  missing: { name: 'missing', command: '/nowhere/terraform-provider-missing', args: [] },
} as const satisfies Readonly<Record<string, ProviderProgram>>;
