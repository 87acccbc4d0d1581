import type { Environment, StoredDeployment } from '../store/deployment-store.ts';

/** The variables of a provider process. */
export interface ProviderEnvironment {
  of(deployment: Pick<StoredDeployment, 'environment'>, workingDirectory: string): Environment;
}

/** What a program needs to find others and to keep files of its own. Nothing else of the host is passed on. */
export const providerEnvironment: ProviderEnvironment = {
  of: ({ environment }, workingDirectory) => ({
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: workingDirectory,
    ...environment,
  }),
};
