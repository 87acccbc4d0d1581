import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { EnvironmentUnavailable, messageOf } from './environment.ts';
import { type Ownership, ownership } from './ownership.ts';
import { packagesFolder } from './own-modules.ts';

/** Milliseconds after which a draft is abandoned: its process was killed. */
export const draftAge = 3_600_000;

/** Every user may enter and read, and only the owner may write. */
const openToRead = 0o755;

/**
 * This user's folder for what is prepared once: in the wanted folder, otherwise beside the installed packages if the
 * user may write there, otherwise in the user's (for root, the machine's) cache folder. Each user has a separate one,
 * because its contents are executed and include passwords.
 * @param whyNot returns a reason not to use a folder, as part of a sentence; undefined for none.
 * @throws EnvironmentUnavailable naming what was to be prepared.
 */
export function cacheFolder(
  wanted: string | undefined,
  purpose: string,
  whyNot: (folder: string) => string | undefined = () => undefined,
  { whyForeign }: Ownership = ownership,
): string {
  const besidePackages = path.join(packagesFolder(), '.cache', 'proving-ground');
  const ofUser = path.join(
    process.env['XDG_CACHE_HOME'] ?? (process.getuid?.() === 0 ? '/var/cache' : path.join(homedir(), '.cache')),
    'proving-ground',
  );
  const reasons: string[] = [];
  for (const shared of [path.resolve(wanted ?? besidePackages), ofUser]) {
    const candidate = path.join(shared, nameOfUser());
    try {
      makeFolder(shared);
      makeFolder(candidate);
      accessSync(candidate, constants.W_OK);
      const foreign = whyForeign(candidate);
      const reason = foreign === undefined ? whyNot(candidate) : `${candidate} ${foreign}`;
      if (reason === undefined) return candidate;
      reasons.push(reason);
    } catch (error) {
      reasons.push(messageOf(error));
      const { code = '', path: place } = error as NodeJS.ErrnoException;
      // This place is unusable for every user.
      if (wanted !== undefined && place !== candidate && ['EEXIST', 'ENOTDIR'].includes(code)) break;
    }
  }
  throw new EnvironmentUnavailable(
    `There is no folder to prepare ${purpose} in (${reasons.join('; ')}): point PROVING_GROUND_CACHE at a folder that can be written.`,
  );
}

/** Part of a shared folder's path; on Windows each user has their own. */
function nameOfUser(): string {
  return process.getuid === undefined ? 'user' : `user-${process.getuid()}`;
}

/** Creates a folder that others may enter but not write to, whatever the umask. */
function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return; // it exists already
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) chmodSync(made, openToRead);
}

/**
 * Finds a folder that is prepared once, or lets `fill` create it as a draft beside it, so that it never appears half
 * finished. Whatever the umask, others may read the contents if they can enter the folder, and never write.
 */
export function prepareOnce(destination: string, fill: (draft: string) => void): string {
  const [cache, name] = [path.dirname(destination), path.basename(destination)];
  makeFolder(cache);
  removeOld(cache, (other) => other.startsWith(`${name}-`) && /^\w{6}$/.test(other.slice(name.length + 1)), draftAge);
  if (existsSync(destination)) return destination;
  const draft = mkdtempSync(`${destination}-`);
  const mask = process.umask(0o022);
  try {
    fill(draft);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  } finally {
    process.umask(mask);
  }
  return publish(draft, destination);
}

/** Removes a folder's matching entries that have not changed for `age` milliseconds. */
export function removeOld(folder: string, isMeant: (name: string) => boolean, age: number): void {
  for (const name of readdirSync(folder).filter(isMeant)) {
    const entry = path.join(folder, name);
    const { mtimeMs = Date.now() } = lstatSync(entry, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > age) rmSync(entry, { recursive: true, force: true });
  }
}

/** Renames a finished draft to its final name. If another run was faster, its folder is kept and the draft removed. */
export function publish(draft: string, destination: string): string {
  try {
    renameSync(draft, destination);
  } catch (error) {
    if (!existsSync(destination)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return destination;
}
