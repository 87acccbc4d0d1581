import type { Provider } from '../../../terraform/index.ts';
import type { DeploymentIdentity, StoredDeployment } from '../store/deployment-store.ts';

/** A provider process of one deployment. */
export interface Instance {
  /** The id of its deployment. */
  readonly deployment: string;
  /** Which of the deployment's configurations it has. */
  readonly settings: number;
  readonly provider: Provider;
  readonly workingDirectory: string;
  /** The folder of its socket. */
  readonly sockets: string;
  readonly hasEnded: boolean;
  /** How many operations and requests are using it. */
  readonly atWork: number;
}

/** Which provider process serves a deployment. */
export interface InstanceChoice {
  /** Deployments with the same key have the same process. */
  keyOf(deployment: DeploymentIdentity): string;
  /** Whether a process is alive. However busy it is, it is not replaced. */
  isUsable(instance: Instance): boolean;
  /** Whether it has the configuration and environment that its deployment has now. */
  isFor(instance: Instance, deployment: StoredDeployment): boolean;
  /** Lets all who ask for the same key meanwhile wait for the same result. */
  share<T>(pending: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T>;
}

export const instanceChoice: InstanceChoice = {
  keyOf: ({ id }) => id,
  isUsable: ({ hasEnded }) => !hasEnded,
  isFor: ({ settings }, deployment) => settings === deployment.settings,

  share(pending, key, make) {
    const shared = pending.get(key);
    if (shared !== undefined) return shared;
    const made = make().finally(() => pending.delete(key));
    pending.set(key, made);
    return made;
  },
};
