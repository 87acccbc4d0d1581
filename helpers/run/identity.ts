import { statSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentUnavailable } from '../lib/environment.ts';
import { outputOf } from './processes/index.ts';

/** Who a server process runs as. Empty: as ourselves. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Nothing that strangers may send statements to runs as root; then it runs as `nobody`.
 * @throws EnvironmentUnavailable when we are root and there is no such user, or it cannot enter the run's folder.
 */
export function serverIdentity(product: string, runFolder: string): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number =>
    Number(outputOf('id', [flag, 'nobody'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  let identity: Identity;
  try {
    identity = { uid: id('-u'), gid: id('-g') };
  } catch (error) {
    if (error instanceof EnvironmentUnavailable) throw error;
    throw new EnvironmentUnavailable(
      `${product} does not run as root and there is no user nobody to run it as: add one, or run the tests as an ordinary user.`,
    );
  }
  if (!canEnter(identity, runFolder))
    throw new EnvironmentUnavailable(
      `${product} does not run as root, and as nobody it cannot enter ${path.dirname(runFolder)}: let others enter it (chmod o+x), or point PROVING_GROUND_FOLDER at another folder.`,
    );
  return identity;
}

/** What a server is told: as root it is `nobody`, whose environment all may read who are `nobody` too. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const libraries = process.env['LD_LIBRARY_PATH'];
  return { LC_ALL: 'C', ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }) };
}

/** Whether a server with this identity can enter a folder: every folder above must let others pass. */
export function canEnter(identity: Identity, folder: string): boolean {
  if (identity.uid === undefined) return true;
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if ((statSync(current).mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}
