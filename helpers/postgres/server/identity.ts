import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentUnavailable } from '../../environment.ts';

/** Who a server process runs as. Empty: as ourselves. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * PostgreSQL refuses to run as root; then it runs as `nobody`.
 * @throws EnvironmentUnavailable when we are root and there is no such user.
 */
export function serverIdentity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    throw new EnvironmentUnavailable('PostgreSQL does not run as root and there is no user nobody to run it as: add one, or run the tests as an ordinary user.');
  }
}

/** Whether a server with this identity can enter a folder: every folder above must let others pass. */
export function canEnter(identity: Identity, folder: string): boolean {
  if (identity.uid === undefined) return true;
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if ((statSync(current).mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}
