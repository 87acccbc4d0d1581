import type { Instance } from './instance.ts';
import type { DeploymentIdentity } from '../store/deployment-store.ts';

/** Ends the provider process of a deployment. */
export interface Ending {
  /** Those of all instances that end with a deployment. */
  of(instances: readonly Instance[], deployment: DeploymentIdentity): Instance[];
  /** Resolves when the process has ended. @param patience milliseconds until it is killed. */
  close(instance: Instance, patience: number): Promise<void>;
}

export const ending: Ending = {
  of: instancesOf,
  close: async ({ provider }, patience) => void (await provider.close(patience)),
};

/** Interrupts what the provider of a deployment is doing. */
export interface Interruption {
  /** Those of all instances that are interrupted. */
  of(instances: readonly Instance[], deployment: DeploymentIdentity): Instance[];
  stop(instance: Instance): Promise<void>;
}

export const interruption: Interruption = {
  of: instancesOf,
  stop: ({ provider }) => provider.stop(),
};

function instancesOf(instances: readonly Instance[], { id }: DeploymentIdentity): Instance[] {
  return instances.filter(({ deployment }) => deployment === id);
}
