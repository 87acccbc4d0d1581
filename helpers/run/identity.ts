import { statSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentUnavailable } from '../lib/environment.ts';
import { outputOf } from './processes/index.ts';

/** The user that a server process runs as. Empty for the current user. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Servers that tests send statements to never run as root, but as `nobody`.
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

/** A server's environment holds no secrets, because other processes of the user `nobody` can read it. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const libraries = process.env['LD_LIBRARY_PATH'];
  return { LC_ALL: 'C', ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }) };
}

/** Whether a server with this identity can enter a folder: every parent folder must allow it. */
export function canEnter(identity: Identity, folder: string): boolean {
  if (identity.uid === undefined) return true;
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if ((statSync(current).mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}
