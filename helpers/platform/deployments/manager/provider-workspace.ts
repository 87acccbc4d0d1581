import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { DeploymentIdentity } from '../store/deployment-store.ts';

/** The folders of deployments below a manager's root. */
export interface Workspace {
  /** The name of a deployment's folder, which no other deployment has, however alike their names are. */
  nameOf(deployment: DeploymentIdentity): string;
  /** The working directory of a deployment's provider. */
  pathOf(root: string, deployment: DeploymentIdentity): string;
  /** Creates the working directory, if it does not exist. Returns its path. */
  create(root: string, deployment: DeploymentIdentity): string;
  /** Creates a folder for the socket of one provider process, with a short path, and returns it. */
  createSockets(root: string, deployment: DeploymentIdentity): string;
  removeSockets(folder: string): void;
  /** Removes what a deployment has in its working directory, and nothing of any other. */
  remove(root: string, deployment: DeploymentIdentity): void;
}

const ofOwnerAlone = 0o700;
/** The part of a folder's name that is for people; the id keeps it apart from all others. */
const longestReadable = 40;

/** The folder of a manager's working directories. */
export function workspacesIn(root: string): string {
  return path.join(root, 'workspaces');
}

/** The folder of a manager's sockets. Short, since the path of a socket may have only some hundred bytes. */
export function socketsIn(root: string): string {
  return path.join(root, 's');
}

export const workspace: Workspace = {
  nameOf: ({ name, id }) => `${readable(name)}.${id}`,

  pathOf(root, deployment) {
    return path.join(workspacesIn(root), this.nameOf(deployment));
  },

  create(root, deployment) {
    const folder = this.pathOf(root, deployment);
    mkdirSync(folder, { recursive: true, mode: ofOwnerAlone });
    return folder;
  },

  createSockets(root) {
    mkdirSync(socketsIn(root), { recursive: true, mode: ofOwnerAlone });
    return mkdtempSync(`${socketsIn(root)}${path.sep}`); // of six characters, and not another's
  },

  removeSockets(folder) {
    removeFolder(folder);
  },

  remove(root, deployment) {
    removeFolder(this.pathOf(root, deployment));
  },
};

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function readable(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9-]+/g, '_').slice(0, longestReadable);
}
