import type { DeploymentIdentity } from '../store/deployment-store.ts';

/** Which operations exclude each other: one at a time runs of those with the same lock, see the table `operations`. */
export interface Locks {
  lockOf(deployment: DeploymentIdentity): string;
}

/** Operations of one deployment run one after the other, and wait for no other deployment's. */
export const locks: Locks = { lockOf: ({ id }) => id };
