import { chmodSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Environment } from '../../platform/deployments/store/deployment-store.ts';
import type { Provider } from '../../terraform/index.ts';
import { createIdentity, type Identity } from '../../terraform/certificates.ts';
import { RunFolder } from '../../run/index.ts';
import { faultsOf } from '../fault.ts';

const fault = faultsOf('deployments');

// What surrounds a provider process is its deployment's own: configuration, environment, folders, sockets, keys.

export const neighboursAreReconfigured = fault(
  'configuring',
  'a configuration reaches no process of another deployment',
  ({ configure }) => {
    const all = new Set<Provider>();
    return {
      async configure(provider, config) {
        all.add(provider);
        for (const one of all) await configure(one, config).catch(() => all.delete(one));
      },
    };
  },
  'provider-isolation.spec.ts › ProviderReconfigurationIsolation',
);

export const configurationIsRememberedByProvider = fault(
  'configuring',
  'each deployment has a configuration of its own',
  ({ configOf }) => {
    const first = new Map<string, ReturnType<typeof configOf>>();
    return {
      configOf(deployment) {
        const config = first.get(deployment.provider) ?? configOf(deployment);
        first.set(deployment.provider, config);
        return config;
      },
    };
  },
  'provider-isolation.spec.ts › ProviderReconfigurationIsolation',
);

export const changedSettingsDoNotReachTheProvider = fault(
  'instances',
  'a changed configuration is used by the next operation',
  () => ({ isFor: () => true }),
  'provider-isolation.spec.ts › ProviderReconfigurationIsolation',
);

export const environmentLeaks = fault(
  'environment',
  "a provider has no variable of another deployment's",
  (environment) => {
    const all: Record<string, string> = {};
    return { of: (deployment, folder): Environment => ({ ...Object.assign(all, environment.of(deployment, folder)) }) };
  },
  "environment.spec.ts › a provider has its own deployment's variables",
);

export const hostEnvironmentWins = fault(
  'environment',
  "a deployment's variables win over the manager's",
  ({ of }) => ({ of: (deployment, folder) => ({ ...of(deployment, folder), ...ofHost() }) }),
  "environment.spec.ts › a deployment's variable wins over the host's and the manager's",
);

export const hostEnvironmentIsPassedOn = fault(
  'environment',
  "a provider has none of the manager's variables but PATH",
  ({ of }) => ({ of: (deployment, folder) => ({ ...ofHost(), ...of(deployment, folder) }) }),
  "environment.spec.ts › a provider has nothing of the host's environment but PATH",
);

export const workingDirectoryIsShared = fault(
  'workspace',
  'deployments of one provider have a working directory each',
  () => ({ nameOf: ({ provider }) => provider, remove: () => undefined }),
  'provider-isolation.spec.ts › WorkingDirectoryIsolation',
);

export const foldersOfAlikeNamesMeet = fault(
  'workspace',
  'deployments whose names differ in signs alone have a working directory each',
  () => ({ nameOf: ({ name }) => name.replaceAll(/[^a-z0-9]+/gi, '_') }),
  'names.spec.ts › deployments whose names look alike have folders of their own',
);

export const foldersAreNamedByTheTenant = fault(
  'workspace',
  'a name with `..` leads into no other folder',
  () => ({ nameOf: ({ name }) => name, remove: () => undefined }), // or it would remove what it leads to
  'names.spec.ts › deployments whose names look alike have folders of their own',
);

export const foldersAreRemovedByPrefix = fault(
  'workspace',
  'deleting dep-1 leaves the folder of dep-10',
  (workspace) => ({
    remove(root, deployment) {
      const own = workspace.pathOf(root, deployment);
      const prefix = path.basename(own).slice(0, -(deployment.id.length + 1));
      for (const name of readdirSync(path.dirname(own)))
        if (name.startsWith(prefix)) rmSync(path.join(path.dirname(own), name), { recursive: true, force: true });
    },
  }),
  'names.spec.ts › the deletion of dep-1 leaves dep-10 its folder',
);

export const foldersStay = fault(
  'workspace',
  'a deleted deployment leaves no folder',
  () => ({ remove: () => undefined }),
  'provider-isolation.spec.ts › DeploymentCleanup',
);

export const foldersOfTheDestroyedStay = fault(
  'sweep',
  'a manager removes the folders that its predecessor has left',
  () => ({ workspaces: () => undefined }),
  'kills.spec.ts › sockets and folders that a killed manager has left are swept',
);

export const socketsOfEndedProcessesStay = fault(
  'workspace',
  'a provider process leaves no socket',
  () => ({ removeSockets: () => undefined }),
  'provider-isolation.spec.ts › DeploymentCleanup',
);

export const leftOverSocketsStay = fault(
  'sweep',
  'a manager removes the sockets that its predecessor has left',
  () => ({ sockets: () => undefined }),
  'kills.spec.ts › sockets and folders that a killed manager has left are swept',
);

export const neighboursProvidersAreEnded = fault(
  'sweep',
  "a manager that starts ends no other manager's providers",
  () => ({
    async processes({ run }) {
      const names = readdirSync(path.join(run, 'processes')).filter((name) => /^deployments-.*-provider-/.test(name));
      await Promise.all(names.map((name) => new RunFolder(run).endProcess(name, 'SIGKILL')));
    },
  }),
  "kills.spec.ts › a killed manager's successor does not touch a neighbour's",
  { alone: true }, // it reaches the managers of other workers, too
);

export const neighboursSocketsAreRemoved = fault(
  'sweep',
  "a manager that starts removes no other manager's sockets",
  ({ sockets }) => ({
    sockets({ run, ...own }) {
      for (const name of readdirSync(run).filter((one) => /^d[0-9]/.test(one)))
        sockets({ ...own, run, root: path.join(run, name) });
    },
  }),
  "kills.spec.ts › a killed manager's successor does not touch a neighbour's",
  { alone: true }, // it reaches the managers of other workers, too
);

export const foldersAreOpenToOthers = fault(
  'workspace',
  'other users of the machine cannot enter the folder of a deployment',
  (workspace) => ({
    create(root, deployment) {
      const folder = workspace.create(root, deployment);
      chmodSync(folder, 0o755);
      return folder;
    },
  }),
  'sockets.spec.ts › sockets and working directories are in folders of their owner alone',
);

export const strangersCommandProviders = fault(
  'launching',
  'a provider answers its own manager alone',
  ({ launch }) => ({ launch: (options) => launch({ ...options, mutualTls: false }) }),
  'sockets.spec.ts › a stranger in plaintext is refused',
);

export const keysAreShared = fault(
  'launching',
  'each provider process has a key of its own to be commanded with',
  ({ launch }) => {
    let shared: Promise<Identity> | undefined;
    return { launch: async (options) => launch({ ...options, identity: await (shared ??= createIdentity()) }) };
  },
  "sockets.spec.ts › a deployment is refused at another deployment's socket",
);

function ofHost(): Environment {
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined)) as Environment;
}
