import { randomUUID } from 'node:crypto';
import { launchProvider, type LaunchOptions, type Provider } from '../../../terraform/index.ts';
import { type Access, access } from '../../kernel/tenant-access.ts';
import { tokenVerifier, type TokenVerifier } from '../../kernel/token-verifier.ts';
import { realms } from '../../kernel/realms.ts';
import { type DeploymentStore, deploymentStore } from '../store/deployment-store.ts';
import { type OperationQueue, operationQueue } from '../store/operation-queue.ts';
import { type PlanStore, planStore } from '../store/plan-store.ts';
import { type ResourceStore, resourceStore } from '../store/resource-store.ts';
import { type ProviderConfiguring, providerConfiguring } from './configuring.ts';
import { type Debugging, debugging } from './debug.ts';
import { type Ending, ending, type Interruption, interruption } from './ending.ts';
import { type ProviderEnvironment, providerEnvironment } from './provider-environment.ts';
import { type InstanceChoice, instanceChoice } from './instance.ts';
import { type LogBook, logBook } from './log-book.ts';
import { type Locks, locks } from './locks.ts';
import { type ResourceOrder, resourceOrder } from './order.ts';
import { type Outcomes, outcomes } from './outcomes.ts';
import { type Secrecy, secrecy } from './secrecy.ts';
import { type ManagerSweep, managerSweep } from './sweep-own.ts';
import { type Watchdog, watchdog } from './watchdog.ts';
import { type Workspace, workspace } from './provider-workspace.ts';

/** The parts of the provider manager; each keeps a promise that a fault (`helpers/faults/deployments/`) breaks. */
export interface ManagerParts {
  /** Generates ids. */
  readonly ids: { next(): string };
  /** Verifies the platform's tokens. */
  readonly tokens: (secret: string) => TokenVerifier;
  /** Decides what a user may access. */
  readonly access: Access;
  readonly deployments: DeploymentStore;
  readonly operations: OperationQueue;
  readonly plans: PlanStore;
  readonly resources: ResourceStore;
  /** Which operations exclude each other. */
  readonly locks: Locks;
  /** The order of resources that depend on each other. */
  readonly order: ResourceOrder;
  /** What a step has made of a resource, also when it has failed. */
  readonly outcomes: Outcomes;
  /** Hides sensitive values. */
  readonly secrecy: Secrecy;
  /** Which process serves a deployment. */
  readonly instances: InstanceChoice;
  readonly workspace: Workspace;
  readonly environment: ProviderEnvironment;
  readonly configuring: ProviderConfiguring;
  /** Starts a provider process, with keys of its own. */
  readonly launching: { launch(options: LaunchOptions): Promise<Provider> };
  /** Ends the process of a deployment. */
  readonly ending: Ending;
  /** Interrupts what a deployment's provider is doing. */
  readonly interruption: Interruption;
  /** The output of provider processes. */
  readonly logs: LogBook;
  /** What `TEST_PROVIDER_DEBUG` shows. */
  readonly debugging: Debugging;
  /** Ends the provider processes when the manager is killed. */
  readonly watchdog: Watchdog;
  /** Removes what a killed manager has left. */
  readonly sweep: ManagerSweep;
}

export const managerParts: ManagerParts = {
  ids: { next: randomUUID },
  tokens: tokenVerifier(realms.deployments),
  access,
  deployments: deploymentStore,
  operations: operationQueue,
  plans: planStore,
  resources: resourceStore,
  locks,
  order: resourceOrder,
  outcomes,
  secrecy,
  instances: instanceChoice,
  workspace,
  environment: providerEnvironment,
  configuring: providerConfiguring,
  launching: { launch: launchProvider },
  ending,
  interruption,
  logs: logBook,
  debugging,
  watchdog,
  sweep: managerSweep,
};
