import type { Provider, Values } from '../../../terraform/index.ts';
import type { ProviderConfig, StoredDeployment } from '../store/deployment-store.ts';

/** Gives a provider the configuration of its deployment. */
export interface ProviderConfiguring {
  /** The configuration that a deployment's provider gets. */
  configOf(deployment: StoredDeployment): ProviderConfig;
  /** Configures a new process, once; with another configuration it is replaced, since it may be at work. */
  configure(provider: Provider, config: ProviderConfig): Promise<void>;
}

export const providerConfiguring: ProviderConfiguring = {
  configOf: ({ config }) => config,
  configure: (provider, config) => provider.configure(config as Values),
};
