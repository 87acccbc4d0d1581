import { readdirSync } from 'node:fs';
import path from 'node:path';
import { RunFolder } from '../../../run/index.ts';
import type { DeploymentIdentity } from '../store/deployment-store.ts';
import { removeFolder, socketsIn, type Workspace, workspacesIn } from './provider-workspace.ts';

/** Where a manager keeps what it has to sweep. */
export interface Own {
  /** The run's folder, and the prefix of the names under which the manager records its provider processes. */
  readonly run: string;
  readonly recordPrefix: string;
  readonly root: string;
}

/** Removes what this manager's predecessor has left. Another manager's processes and folders are not touched. */
export interface ManagerSweep {
  /** Ends the provider processes of the predecessor; resolves when they have ended. */
  processes(own: Own): Promise<void>;
  /** Removes the folders of their sockets. */
  sockets(own: Own): void;
  /** Removes the working directories of all but these deployments. */
  workspaces(own: Own, kept: readonly DeploymentIdentity[], workspace: Workspace): void;
}

export const managerSweep: ManagerSweep = {
  processes: ({ run, recordPrefix }) => new RunFolder(run).endOrphans(recordPrefix),

  sockets({ root }) {
    removeFolder(socketsIn(root));
  },

  workspaces({ root }, kept, workspace) {
    const names = new Set(kept.map((deployment) => workspace.nameOf(deployment)));
    for (const name of namesIn(workspacesIn(root)))
      if (!names.has(name)) removeFolder(path.join(workspacesIn(root), name));
  },
};

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no deployment has used it yet
  }
}
