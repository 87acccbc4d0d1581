import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EnvironmentUnavailable, messageOf } from '../../../lib/environment.ts';
import { shortage } from '../../../lib/shortage.ts';
import type { Identity } from '../../../run/identity.ts';
import { lastComplaint } from './log.ts';

const execute = promisify(execFile);

/** Copies a data folder, or a database in it, for a server of this identity. @throws EnvironmentUnavailable. */
export async function copyFolder(from: string, to: string, { uid, gid }: Identity = {}): Promise<void> {
  try {
    await execute('cp', ['-R', '-p', from, to]); // does not block the event loop, unlike Node's own copy
    // A restored cache (of a CI system or an image layer) may belong to another user.
    if (uid !== undefined) await execute('chown', ['-R', `${uid}:${gid}`, to]);
  } catch (error) {
    throw (
      shortage(error) ??
      new EnvironmentUnavailable(
        `PostgreSQL's data folder could not be copied to ${to} (${lastComplaint(messageOf(error))}): free some disk space, or point PROVING_GROUND_FOLDER at a folder with more room.`,
      )
    );
  }
}
