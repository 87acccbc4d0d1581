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
import { fileURLToPath } from 'node:url';
import { EnvironmentUnavailable, messageOf } from './environment.ts';
import { type Ownership, ownership } from './ownership.ts';

/** Milliseconds after which nobody works on a draft any more: who did was killed. */
const draftAge = 3_600_000;

/** Everybody may enter and read, and only its owner may write. */
const openToRead = 0o755;

/**
 * The user's own folder for what is prepared once: in the wanted folder, or beside the installed packages, where the
 * user may make one, else in the user's cache folder, or for root the machine's. Each user has one, because what is in
 * it is run, and holds passwords.
 * @param whyNot a reason not to take a folder, as a sentence's part; undefined where there is none.
 * @throws EnvironmentUnavailable naming what was to be prepared.
 */
export function cacheFolder(
  wanted: string | undefined,
  purpose: string,
  whyNot: (folder: string) => string | undefined = () => undefined,
  { whyForeign }: Ownership = ownership,
): string {
  const besidePackages = fileURLToPath(new URL('../../node_modules/.cache/proving-ground', import.meta.url));
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
      if (wanted !== undefined && place !== candidate && ['EEXIST', 'ENOTDIR'].includes(code)) break; // it can be nobody's: a mistake
    }
  }
  throw new EnvironmentUnavailable(
    `There is no folder to prepare ${purpose} in (${reasons.join('; ')}): point PROVING_GROUND_CACHE at a folder that can be written.`,
  );
}

/** Of a folder that users may share; Windows has one for each. */
function nameOfUser(): string {
  return process.getuid === undefined ? 'user' : `user-${process.getuid()}`;
}

/** Whatever the umask, others may enter what is made here, and write nothing. */
function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return; // it was there
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) chmodSync(made, openToRead);
}

/**
 * Finds a folder that is prepared once, or lets `fill` make it: in a draft beside it, so that nobody meets half of it.
 * Whatever the umask, others may read what it holds as far as they may enter it, and write nothing.
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

/** Removes those of a folder's entries that nothing was added to for so many milliseconds. */
export function removeOld(folder: string, isMeant: (name: string) => boolean, age: number): void {
  for (const name of readdirSync(folder).filter(isMeant)) {
    const entry = path.join(folder, name);
    const { mtimeMs = Date.now() } = lstatSync(entry, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > age) rmSync(entry, { recursive: true, force: true });
  }
}

/** Gives a finished folder its final name. Where another run was faster, its folder is as good and ours goes. */
export function publish(draft: string, destination: string): string {
  try {
    renameSync(draft, destination);
  } catch (error) {
    if (!existsSync(destination)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return destination;
}
